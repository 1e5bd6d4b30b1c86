"""Queues are emptied and put back; each library then does the work, in the order in which it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import dramatiq
import pytest
import redis
from arq import Worker as ArqWorker
from arq import create_pool
from arq.connections import RedisSettings
from bullmq import Queue as BullQueue
from bullmq import Worker as BullWorker
from dramatiq.brokers.redis import RedisBroker
from huey import PriorityRedisHuey, RedisHuey
from kombu import Connection
from kombu import Queue as KombuQueue
from rq import Queue, SimpleWorker

from tests.engines.actions.acting import Acting, refused
from tests.engines.actions.redis_acting import client, redis_server
from triage_tui.actions.act import Came, Preview
from triage_tui.actions.queues import ACTIONS
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["client", "redis_server"]

pytestmark = pytest.mark.redis

JOBS = 5

done: list[int] = []
"""What the workers of this process have done, in order."""


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


@pytest.fixture
def here(redis_server: EmbeddedServer) -> Acting:
    return Acting(ACTIONS, RedisSpec("broker", Secret(redis_server.url), queue_databases=(0, 1)))


def work(number: int) -> None:
    """A job of RQ."""
    done.append(number)


async def purged(here: Acting, client: redis.Redis, queue: str, *, jobs: int) -> Preview:
    """Empty a queue; what the preview said of it must be true."""
    preview = await here.plan("queue.purge", queue)
    assert dict(preview.facts)["waiting"] == f"{jobs} jobs"
    assert not client.keys("triage:*"), "the preview has changed something"
    result = await here.run(preview)
    assert result.came is Came.DONE, result
    assert f"{jobs} jobs" in result.message
    assert preview.undo is not None
    assert preview.undo in result.tells[0]
    tombs = client.keys("triage:purged:*")
    assert tombs
    assert all(86_000 < client.ttl(tomb) <= 86_400 for tomb in tombs)
    assert (await refused(here.plan("queue.purge", queue))).kind == "gone"
    return preview


async def put_back(here: Acting, client: redis.Redis, queue: str, preview: Preview, *, jobs: int) -> None:
    undo = {"purge": preview.held["purge"]}
    plan = await here.plan("queue.restore", queue, undo)
    assert dict(plan.facts)["jobs"] == str(jobs)
    result = await here.run(plan)
    assert result.came is Came.DONE, result
    assert not client.keys("triage:*")
    assert (await refused(here.plan("queue.restore", queue, undo))).kind == "gone"


@pytest.mark.covers("queue.purge queue.restore", "success")
@pytest.mark.safety(15)
async def test_rq(here: Acting, client: redis.Redis) -> None:
    """Also with jobs that have come since: they come after those that were purged."""
    mail = Queue("mail", connection=client)
    for number in range(JOBS):
        mail.enqueue(work, number)
    preview = await purged(here, client, "rq:mail", jobs=JOBS)
    assert mail.count == 0
    mail.enqueue(work, JOBS)
    await put_back(here, client, "rq:mail", preview, jobs=JOBS)
    assert client.ttl(mail.key) == -1, "the queue would vanish"
    SimpleWorker([mail], connection=client).work(burst=True)
    assert done == list(range(JOBS + 1))


async def test_celery_with_priorities(
    here: Acting, client: redis.Redis, redis_server: EmbeddedServer
) -> None:
    with Connection(redis_server.url) as connection, connection.channel() as channel:
        queue = KombuQueue("paint", channel=channel, queue_arguments={"x-max-priority": 10})
        queue.declare()
        producer = connection.Producer(channel)
        for number in range(JOBS):
            producer.publish({"n": number}, routing_key="paint", priority=0)
        for number in range(JOBS):
            producer.publish({"n": 10 + number}, routing_key="paint", priority=9)
        preview = await purged(here, client, "celery:paint", jobs=2 * JOBS)
        producer.publish({"n": JOBS}, routing_key="paint", priority=0)
        await put_back(here, client, "celery:paint", preview, jobs=2 * JOBS)
        got: list[int] = []
        while (message := queue.get(no_ack=True)) is not None:
            got.append(message.payload["n"])
        assert sorted(got) == [*range(JOBS + 1), *range(10, 10 + JOBS)]
        assert [number for number in got if number < 10] == list(range(JOBS + 1))


@pytest.fixture
async def images(
    redis_server: EmbeddedServer, client: redis.Redis
) -> AsyncIterator[tuple[BullQueue, BullWorker]]:
    queue = BullQueue("images", {"connection": redis_server.url})
    worker = BullWorker("images", None, {"connection": redis_server.url, "autorun": False})
    yield queue, worker
    await worker.close()
    await queue.close()


async def test_bullmq(here: Acting, client: redis.Redis, images: tuple[BullQueue, BullWorker]) -> None:
    queue, worker = images
    for number in range(JOBS):
        await queue.add("resize", {"n": number}, {})
    await queue.add("urgent", {"n": JOBS}, {"priority": 3})
    preview = await purged(here, client, "bullmq:images", jobs=JOBS + 1)
    assert (await queue.getJobCounts("wait", "prioritized")) == {"wait": 0, "prioritized": 0}
    await put_back(here, client, "bullmq:images", preview, jobs=JOBS + 1)
    assert client.exists("bull:images:marker"), "a worker that waits would not wake up"
    for number in range(JOBS + 1):
        job = await worker.getNextJob("t")
        assert job is not None
        assert job.data["n"] == number


async def test_dramatiq(here: Acting, client: redis.Redis, redis_server: EmbeddedServer) -> None:
    broker = RedisBroker(url=redis_server.url)

    @dramatiq.actor(broker=broker, queue_name="mail")
    def send(number: int) -> None:
        done.append(number)

    try:
        for number in range(JOBS):
            send.send(number)
        preview = await purged(here, client, "dramatiq:mail", jobs=JOBS)
        await put_back(here, client, "dramatiq:mail", preview, jobs=JOBS)
        worker = dramatiq.Worker(broker, worker_timeout=50, worker_threads=1)
        worker.start()
        try:
            await asyncio.to_thread(broker.join, "mail", timeout=30_000)
        finally:
            await asyncio.to_thread(worker.stop)
        assert sorted(done) == list(range(JOBS))
    finally:
        broker.close()


async def send(_context: object, number: int) -> None:
    """A job of arq."""
    done.append(number)


async def test_arq(here: Acting, client: redis.Redis, redis_server: EmbeddedServer) -> None:
    settings = RedisSettings.from_dsn(redis_server.url)
    pool = await create_pool(settings)
    try:
        for number in range(JOBS):
            await pool.enqueue_job("send", number)
        preview = await purged(here, client, "arq:arq:queue", jobs=JOBS)
        await pool.enqueue_job("send", JOBS)
        await put_back(here, client, "arq:arq:queue", preview, jobs=JOBS)
    finally:
        await pool.aclose()
    worker = ArqWorker(
        functions=[send],
        redis_settings=settings,
        burst=True,
        handle_signals=False,
        poll_delay=0.05,
        max_jobs=1,
    )
    await worker.async_run()
    await worker.close()
    assert sorted(done) == list(range(JOBS + 1))


@pytest.mark.parametrize("kind", [RedisHuey, PriorityRedisHuey])
async def test_huey(here: Acting, client: redis.Redis, kind: type[RedisHuey]) -> None:
    huey = kind("shop", connection_pool=client.connection_pool)

    @huey.task()
    def send(number: int) -> None:
        done.append(number)

    for number in range(JOBS):
        send(number)
    preview = await purged(here, client, "huey:shop", jobs=JOBS)
    send(JOBS)
    await put_back(here, client, "huey:shop", preview, jobs=JOBS)
    while (task := huey.dequeue()) is not None:
        huey.execute(task)
    assert done == list(range(JOBS + 1))


async def test_sidekiq(here: Acting, client: redis.Redis) -> None:
    client.sadd("queues", "mail")
    for number in range(JOBS):
        client.lpush("queue:mail", f'{{"jid":"{number}"}}')
    preview = await purged(here, client, "sidekiq:mail", jobs=JOBS)
    client.lpush("queue:mail", '{"jid":"5"}')
    await put_back(here, client, "sidekiq:mail", preview, jobs=JOBS)
    assert [client.rpop("queue:mail") for _ in range(JOBS + 1)] == [
        f'{{"jid":"{number}"}}'.encode() for number in range(JOBS + 1)
    ]


@pytest.mark.safety(15)
async def test_a_stream_is_refused_with_the_reason(here: Acting, client: redis.Redis) -> None:
    client.xadd("events", {"n": 1})
    client.xgroup_create("events", "billing", id="0")
    no = await refused(here.plan("queue.purge", "stream:events/billing"))
    assert "NOGROUP" in no.message
    assert "SETID" in no.next_step


async def test_another_database(here: Acting, client: redis.Redis, redis_server: EmbeddedServer) -> None:
    """The same name in database 0 stays as it is."""
    client.rpush("rq:queue:mail", "here")
    with redis.Redis.from_url(redis_server.url.removesuffix("/0"), db=1) as other:
        other.rpush("rq:queue:mail", "there")
        assert (await here.act("queue.purge", "rq:mail@1")).came is Came.DONE
        assert not other.exists("rq:queue:mail")
    assert client.lrange("rq:queue:mail", 0, -1) == [b"here"]


async def test_many_jobs_come_back_in_steps_and_in_order(here: Acting, client: redis.Redis) -> None:
    """At either end of a list."""
    jobs = [str(number).encode() for number in range(2500)]
    client.rpush("rq:queue:mail", *jobs)
    client.lpush("queue:mail", *jobs)
    for queue, key, oldest_first in (("rq:mail", "rq:queue:mail", 1), ("sidekiq:mail", "queue:mail", -1)):
        preview = await here.plan("queue.purge", queue)
        assert (await here.run(preview)).came is Came.DONE
        client.rpush(key, b"new") if oldest_first == 1 else client.lpush(key, b"new")
        here.told.clear()
        result = await here.act("queue.restore", queue, {"purge": preview.held["purge"]})
        assert result.came is Came.DONE, result
        assert len(here.told) == 2
        assert client.lrange(key, 0, -1)[::oldest_first] == [*jobs, b"new"]
