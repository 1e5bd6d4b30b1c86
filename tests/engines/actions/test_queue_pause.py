"""Queues are paused and go on again; the libraries' own workers heed it."""

from __future__ import annotations

import pytest
import redis
from bullmq import Queue as BullQueue
from bullmq import Worker as BullWorker
from rq.suspension import is_suspended

from tests.engines.actions.acting import Acting, refused
from tests.engines.actions.redis_acting import client, redis_server
from triage_tui.actions.act import Came, Preview
from triage_tui.actions.queues import ACTIONS
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["client", "redis_server"]

pytestmark = pytest.mark.redis


@pytest.fixture
def here(redis_server: EmbeddedServer) -> Acting:
    return Acting(ACTIONS, RedisSpec("broker", Secret(redis_server.url)))


async def again(here: Acting, preview: Preview) -> None:
    """A second press of the same preview does nothing, and says so."""
    assert (await here.run(preview)).came is Came.NOT_DONE


async def test_rq(here: Acting, client: redis.Redis) -> None:
    pause = await here.plan("queue.pause", "rq:mail")
    assert "all queues of RQ" in pause.affects[0]
    assert not is_suspended(client)
    assert (await here.run(pause)).came is Came.DONE
    assert is_suspended(client)
    await again(here, pause)
    assert "already" in (await refused(here.plan("queue.pause", "rq:mail"))).message
    assert pause.undo == "queue.resume rq:mail"
    resume = await here.plan("queue.resume", "rq:mail")
    assert (await here.run(resume)).came is Came.DONE
    assert not is_suspended(client)
    await again(here, resume)


async def test_bullmq(here: Acting, client: redis.Redis, redis_server: EmbeddedServer) -> None:
    queue = BullQueue("images", {"connection": redis_server.url})
    worker = BullWorker("images", None, {"connection": redis_server.url, "autorun": False})
    try:
        for number in range(3):
            await queue.add("resize", {"n": number}, {})
        pause = await here.plan("queue.pause", "bullmq:images")
        assert (await here.run(pause)).came is Came.DONE
        assert await queue.isPaused()
        await again(here, pause)
        assert client.exists("bull:images:marker") == 0
        resume = await here.plan("queue.resume", "bullmq:images")
        assert (await here.run(resume)).came is Came.DONE
        assert not await queue.isPaused()
        await again(here, resume)
        for number in range(3):
            job = await worker.getNextJob("t")
            assert job is not None
            assert job.data["n"] == number
        events = [fields[b"event"] for _, fields in client.xrange("bull:images:events")]
        assert events.count(b"paused") == events.count(b"resumed") == 1
    finally:
        await worker.close()
        await queue.close()


async def test_bullmq_up_to_version_5_keeps_paused_jobs_elsewhere(here: Acting, client: redis.Redis) -> None:
    """And what came to `wait` meanwhile is not overwritten."""
    client.hset("bull:images:meta", mapping={"version": "bullmq:5.34.0"})
    client.rpush("bull:images:wait", "2", "1")
    assert (await here.act("queue.pause", "bullmq:images")).came is Came.DONE
    assert client.lrange("bull:images:paused", 0, -1) == [b"2", b"1"]
    assert not client.exists("bull:images:wait")
    client.rpush("bull:images:wait", "3")
    assert (await here.act("queue.resume", "bullmq:images")).came is Came.DONE
    assert client.lrange("bull:images:wait", 0, -1) == [b"3", b"2", b"1"], (
        "the oldest is taken first, from the end"
    )
    assert not client.exists("bull:images:paused")
    assert client.zscore("bull:images:marker", "0") == 0


async def test_many_paused_jobs_come_back_in_steps(here: Acting, client: redis.Redis) -> None:
    client.hset("bull:images:meta", mapping={"version": "bullmq:5.34.0", "paused": 1})
    client.rpush("bull:images:paused", *range(2500))
    client.rpush("bull:images:wait", "new")
    assert (await here.act("queue.resume", "bullmq:images")).came is Came.DONE
    assert client.llen("bull:images:wait") == 2501
    assert client.lrange("bull:images:wait", -2, -1) == [b"2498", b"2499"]


@pytest.mark.covers("queue.pause", "gone")
@pytest.mark.safety(4)
async def test_a_queue_that_vanished(here: Acting, client: redis.Redis) -> None:
    client.hset("bull:images:meta", "opts.maxLenEvents", 10)
    pause = await here.plan("queue.pause", "bullmq:images")
    client.delete("bull:images:meta")
    assert (await here.run(pause)).came is Came.NOT_DONE
    assert not client.keys("*")
    assert (await refused(here.plan("queue.pause", "bullmq:images"))).kind == "gone"


@pytest.mark.parametrize(
    "queue", ["celery:mail", "sidekiq:mail", "dramatiq:mail", "arq:arq:queue", "huey:shop"]
)
@pytest.mark.parametrize("verb", ["pause", "resume"])
async def test_systems_that_have_none(here: Acting, client: redis.Redis, queue: str, verb: str) -> None:
    no = await refused(here.plan(f"queue.{verb}", queue))
    assert no.kind == "unavailable"
    assert no.next_step
