"""Jobs that gave up go back into their queue, and each library runs them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator

import dramatiq
import pytest
import redis
from bullmq import Queue as BullQueue
from bullmq import Worker as BullWorker
from dramatiq.brokers.redis import RedisBroker
from rq import Queue, SimpleWorker
from rq.job import JobStatus
from rq.registry import FailedJobRegistry

from tests.engines.actions.acting import Acting, Allowed, refused
from tests.engines.actions.redis_acting import client, redis_server
from triage_tui.actions.act import Came, Refused
from triage_tui.actions.queues import ACTIONS
from triage_tui.actions.queues.requeue import BATCH
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["client", "redis_server"]

pytestmark = pytest.mark.redis

REQUEUE = "queue.requeue-dead"

broken = {"now": False}
done: list[int] = []


@pytest.fixture(autouse=True)
def _out_of_order() -> Iterator[None]:
    """What the jobs need is broken until the test mends it."""
    done.clear()
    broken["now"] = True
    yield
    broken["now"] = False


@pytest.fixture
def here(redis_server: EmbeddedServer) -> Acting:
    return Acting(ACTIONS, RedisSpec("broker", Secret(redis_server.url)))


def work(number: int) -> None:
    """A job of RQ."""
    if broken["now"]:
        raise ValueError("as it should")
    done.append(number)


@pytest.mark.covers("queue.requeue-dead", "success")
async def test_rq(here: Acting, client: redis.Redis) -> None:
    mail = Queue("mail", connection=client)
    jobs = [mail.enqueue(work, number) for number in range(3)]
    SimpleWorker([mail], connection=client).work(burst=True)
    registry = FailedJobRegistry("mail", connection=client)
    assert registry.get_job_count(cleanup=False) == 3
    lost = jobs.pop()
    client.delete(lost.key)

    result = await here.act(REQUEUE, "rq:mail")

    assert result.came is Came.DONE, result
    assert result.message.startswith("2 of 3 jobs")
    assert "1 were passed over" in result.tells[0]
    assert registry.get_job_ids(cleanup=False) == [lost.id]
    assert [job.get_status(refresh=True) for job in jobs] == [JobStatus.QUEUED, JobStatus.QUEUED]
    assert all(client.ttl(job.key) == -1 for job in jobs), "a job that waits would vanish"
    broken["now"] = False
    SimpleWorker([mail], connection=client).work(burst=True)
    assert sorted(done) == [0, 1]
    assert [job.get_status(refresh=True) for job in jobs] == [JobStatus.FINISHED, JobStatus.FINISHED]


async def test_bullmq(here: Acting, client: redis.Redis, redis_server: EmbeddedServer) -> None:
    """Also one with a priority; not those of a paused queue."""
    queue = BullQueue("images", {"connection": redis_server.url})
    worker = BullWorker("images", None, {"connection": redis_server.url, "autorun": False})
    try:
        for number, options in enumerate(({}, {"priority": 3})):
            await queue.add("resize", {"n": number}, {"attempts": 1, **options})
        for number in range(2):
            job = await worker.getNextJob(f"t{number}")
            assert job is not None
            await job.moveToFailed(ValueError("as it should"), f"t{number}")
        await queue.pause()
        result = await here.act(REQUEUE, "bullmq:images")
        assert result.came is Came.NOT_DONE
        assert "paused" in result.message
        await queue.resume()

        result = await here.act(REQUEUE, "bullmq:images")

        assert result.came is Came.DONE, result
        assert client.zcard("bull:images:failed") == 0
        assert client.zcard("bull:images:prioritized") == 1
        for number in range(2):
            job = await worker.getNextJob(f"again{number}")
            assert job is not None
            assert job.data["n"] == number
            assert not job.failedReason
    finally:
        await worker.close()
        await queue.close()


async def test_dramatiq(here: Acting, client: redis.Redis, redis_server: EmbeddedServer) -> None:
    broker = RedisBroker(url=redis_server.url)

    @dramatiq.actor(broker=broker, queue_name="mail", max_retries=0)
    def send(number: int) -> None:
        work(number)

    def dead_or_done() -> int:
        return int(client.zcard("dramatiq:mail.XQ")) + len(done)

    async def until(number: int) -> None:
        end = time.monotonic() + 60
        while dead_or_done() != number:
            assert time.monotonic() < end, f"{dead_or_done()} instead of {number}"
            await asyncio.sleep(0.02)

    worker = dramatiq.Worker(broker, worker_timeout=50, worker_threads=1)
    worker.start()
    try:
        for number in range(2):
            send.send(number)
        await until(2)
        assert not done
        broken["now"] = False
        result = await here.act(REQUEUE, "dramatiq:mail")
        assert result.came is Came.DONE, result
        await until(2)
        end = time.monotonic() + 60
        while len(done) != 2:
            assert time.monotonic() < end, done
            await asyncio.sleep(0.02)
        assert sorted(done) == [0, 1]
        assert client.zcard("dramatiq:mail.XQ") == client.hlen("dramatiq:mail.XQ.msgs") == 0
    finally:
        await asyncio.to_thread(worker.stop)
        broker.close()


async def test_sidekiq_takes_those_of_one_queue(here: Acting, client: redis.Redis) -> None:
    """From the set that all queues share; each with one retry left, and with what it was sent."""
    arguments = [12345678901234567890123, 1.5, [], {}, "é"]
    for number in range(4):
        job = {
            "jid": str(number),
            "queue": "mail" if number % 2 else "other",
            "args": arguments,
            "retry_count": 25,
            "enqueued_at": 1_700_000_000_000,
        }
        client.zadd("dead", {json.dumps(job): number})
    result = await here.act(REQUEUE, "sidekiq:mail")
    assert result.came is Came.DONE, result
    jobs = [json.loads(job) for job in client.lrange("queue:mail", 0, -1)]
    assert [job["jid"] for job in jobs] == ["3", "1"]
    assert all(job["args"] == arguments and job["retry_count"] == 24 for job in jobs)
    assert all(job["enqueued_at"] > 1_700_000_000_000 for job in jobs)
    assert client.zcard("dead") == 2
    assert client.sismember("queues", "mail")
    assert (await refused(here.plan(REQUEUE, "sidekiq:mail"))).kind == "gone"


async def test_in_batches_up_to_a_limit(here: Acting, client: redis.Redis) -> None:
    """The first that died first; never more than were previewed, however many die meanwhile."""
    jobs = {str(number): number for number in range(2 * BATCH + 10)}
    client.zadd("dramatiq:mail.XQ", jobs)
    client.hset("dramatiq:mail.XQ.msgs", mapping=dict.fromkeys(jobs, "{}"))
    preview = await here.plan(REQUEUE, "dramatiq:mail", {"limit": str(BATCH + 50)})
    client.zadd("dramatiq:mail.XQ", {"later": 9999})
    client.hset("dramatiq:mail.XQ.msgs", "later", "{}")
    again = await here.plan(REQUEUE, "dramatiq:mail", preview.order.parameters)
    assert again.held == preview.held
    permit = Allowed()
    result = await here.run(again, permit)
    assert result.came is Came.DONE
    assert permit.asked == 2
    assert client.lrange("dramatiq:mail", 0, -1) == [str(number).encode() for number in range(BATCH + 50)]
    assert client.zcard("dramatiq:mail.XQ") == BATCH - 39
    assert client.hlen("dramatiq:mail.msgs") == BATCH + 50


async def test_a_permit_that_goes_in_the_middle(here: Acting, client: redis.Redis) -> None:
    jobs = {str(number): number for number in range(2 * BATCH)}
    client.zadd("dramatiq:mail.XQ", jobs)
    client.hset("dramatiq:mail.XQ.msgs", mapping=dict.fromkeys(jobs, "{}"))

    def from_the_second_on(asked: int) -> None:
        if asked > 1:
            raise Refused("read-only", "nothing may be changed (any more)")

    result = await here.run(await here.plan(REQUEUE, "dramatiq:mail"), Allowed(from_the_second_on))
    assert result.came is Came.NOT_DONE
    assert f"stopped after {BATCH} jobs" in result.message
    assert client.llen("dramatiq:mail") == client.zcard("dramatiq:mail.XQ") == BATCH


@pytest.mark.covers("queue.requeue-dead", "gone", "replaced")
@pytest.mark.safety(1, 4)
async def test_they_are_gone_by_then(here: Acting, client: redis.Redis) -> None:
    client.zadd("dramatiq:mail.XQ", {"1": 1})
    preview = await here.plan(REQUEUE, "dramatiq:mail")
    client.delete("dramatiq:mail.XQ")
    assert (await here.run(preview)).came is Came.NOT_DONE
    client.set("dramatiq:mail.XQ", "something else")
    assert (await here.run(preview)).came is Came.NOT_DONE
    assert (await refused(here.plan(REQUEUE, "dramatiq:mail"))).kind == "changed"


@pytest.mark.parametrize("queue", ["celery:mail", "arq:arq:queue", "huey:shop", "stream:events/billing"])
async def test_systems_that_keep_none(here: Acting, client: redis.Redis, queue: str) -> None:
    no = await refused(here.plan(REQUEUE, queue))
    assert no.kind == "unavailable"
    assert no.next_step
