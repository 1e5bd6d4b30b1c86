"""The demo's queues have the layouts that the queue systems themselves write."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import kombu
import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from rq import Queue, Worker
from rq.job import Job
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer

from triage_tui.lab.workload import cache, celery, rq, stream
from triage_tui.lab.workload.connect import open_redis
from triage_tui.lab.workload.keep import Activity, keep
from triage_tui.lab.workload.tide import Tide

pytestmark = pytest.mark.redis


@asynccontextmanager
async def _going_on(url: str, *activities: Callable[[AsyncRedis], Awaitable[object]]) -> AsyncIterator[Redis]:
    """Run activities; gives a client of our own to look at what they do."""
    async with open_redis(url) as shop:

        def bound(activity: Callable[[AsyncRedis], Awaitable[object]]) -> Activity:
            return lambda: activity(shop)

        tasks = [asyncio.create_task(keep(bound(activity))) for activity in activities]
        try:
            with Redis.from_url(url) as client:
                yield client
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _until(condition: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.05)
    except TimeoutError:
        pytest.fail(f"never seen: {what}")


async def test_a_celery_queue_grows_and_kombu_can_read_it(shop_redis: str) -> None:
    tide = Tide(low=0, high=10_000, grow_per_s=40, drain_per_s=1, rising=True)
    async with _going_on(
        shop_redis, lambda shop: celery.work_off(shop, "emails", "shop.emails.send", tide, start=30)
    ) as client:
        await _until(lambda: client.llen("emails") >= 60, "a queue that grows from 30 to 60")
        await _until(lambda: client.hlen("unacked") == celery.PREFETCHED, "messages in a worker's hands")
        assert client.zcard("unacked_index") == client.hlen("unacked")
        assert client.smembers("_kombu.binding.emails") == {b"emails\x06\x16\x06\x16emails"}
        held = json.loads(client.hvals("unacked")[0])
        assert held[0]["headers"]["task"] == "shop.emails.send"
    place = shop_redis.removeprefix("unix://")
    with kombu.Connection(f"redis+socket://{place}") as broker:
        queue = broker.SimpleQueue("emails")
        message = queue.get(timeout=10)
        assert message.headers["task"] == "shop.emails.send"
        assert message.decode()[0] == [message.headers["id"]]
        message.ack()
        queue.close()


async def test_a_celery_queue_drains(shop_redis: str) -> None:
    tide = Tide(low=10, high=10_000, grow_per_s=1, drain_per_s=20, rising=False)
    async with _going_on(
        shop_redis, lambda shop: celery.work_off(shop, "invoices", "shop.invoices.render", tide, start=150)
    ) as client:
        await _until(lambda: client.llen("invoices") >= 100, "the queue that it starts with")
        await _until(lambda: client.llen("invoices") < 60, "a queue that drains")


async def test_an_idle_worker_is_a_blocked_client(shop_redis: str) -> None:
    async with _going_on(shop_redis, lambda shop: celery.wait_for_work(shop, "exports")) as client:
        await _until(lambda: client.info("clients")["blocked_clients"] == 1, "a client that waits")
        assert client.sismember("_kombu.binding.exports", "exports\x06\x16\x06\x16exports")


async def test_rq_itself_understands_the_thumbnails(shop_redis: str) -> None:
    async with _going_on(shop_redis, rq.make_thumbnails) as client:
        started = StartedJobRegistry(rq.QUEUE, connection=client)
        await _until(lambda: bool(client.zcard(started.key)), "a job that runs")
    assert [queue.name for queue in Queue.all(connection=client)] == [rq.QUEUE]
    assert {worker.name for worker in Worker.all(connection=client)} == set(rq.WORKERS)
    job_id = client.zrange(started.key, 0, 0)[0].decode()
    job = Job.fetch(job_id, connection=client, serializer=JSONSerializer)
    assert job.func_name == "shop.thumbnails.make"
    assert job.args[0].endswith(".jpg")
    assert job.enqueued_at is not None
    assert abs(datetime.now(UTC) - job.enqueued_at.replace(tzinfo=UTC)) < timedelta(minutes=2)


async def test_rq_failures_are_kept_and_bounded(shop_redis: str) -> None:
    with Redis.from_url(shop_redis) as client:
        registry = FailedJobRegistry(rq.QUEUE, connection=client)
        stale = {f"job-{number}": 1.0 + number for number in range(rq.KEPT_FAILED + 10)}
        client.zadd(registry.key, stale)
        client.hset("rq:job:job-0", "status", "failed")
        async with _going_on(shop_redis, rq.make_thumbnails):
            await _until(lambda: client.zcard(registry.key) <= rq.KEPT_FAILED, "old failures forgotten")
        assert not client.exists("rq:job:job-0")


async def test_a_group_of_the_stream_lags_behind_the_other(shop_redis: str) -> None:
    async with _going_on(
        shop_redis,
        stream.publish,
        lambda shop: stream.consume(shop, "billing", every_s=0.1),
        lambda shop: stream.consume(shop, "search", every_s=300.0),
    ) as client:

        def unread(group: bytes) -> int:
            groups = {
                entry["name"]: entry["last-delivered-id"] for entry in client.xinfo_groups(stream.STREAM)
            }
            return len(client.xrange(stream.STREAM, min=b"(" + groups[group])) if group in groups else -1

        await _until(lambda: client.exists(stream.STREAM) == 1, "a stream")
        await _until(lambda: unread(b"search") >= 2 * stream.EVENTS_PER_S, "a group that lags")
        await _until(lambda: unread(b"billing") == 0, "a group that keeps up")


async def test_sessions_fill_half_of_the_memory_and_sorting_is_slow(shop_redis: str) -> None:
    async with open_redis(shop_redis) as shop:
        await cache.fill(shop)
    async with _going_on(shop_redis, cache.remember_shoppers, cache.sort_the_catalogue) as client:
        memory = client.info("memory")
        assert memory["maxmemory_policy"] == "volatile-lru"
        assert 0.4 < memory["used_memory"] / memory["maxmemory"] < 0.8
        await _until(
            lambda: any(
                entry["command"].startswith(b"SORT catalogue:names") for entry in client.slowlog_get()
            ),
            "a slow command",
        )
        await _until(lambda: client.info("stats")["keyspace_misses"] > 0, "a miss")
        assert client.info("stats")["keyspace_hits"] > client.info("stats")["keyspace_misses"]
