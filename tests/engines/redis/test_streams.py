"""Streams: lag and pending of each group, and never the length of the stream."""

from __future__ import annotations

import pytest
import redis
from taskiq_redis import RedisStreamBroker

from tests.engines.redis.looking import Watching, searched
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis


def knows_lag(client: redis.Redis) -> bool:
    """XINFO GROUPS says the lag from 7.0 on."""
    return int(client.info("server")["redis_version"].partition(".")[0]) >= 7


async def test_lag_and_pending(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """What nobody has read waits, what was read and not acknowledged is in flight, the rest is done."""
    for number in range(10):
        client.xadd("events", {"n": number})
    client.xgroup_create("events", "billing", id="0")
    ((_, entries),) = client.xreadgroup("billing", "one", {"events": ">"}, count=4)
    client.xack("events", "billing", entries[0][0])

    found = (await searched(watch(server.url)))["stream:events/billing"]

    assert found.in_flight == 3
    assert found.waiting == (6 if knows_lag(client) else None)
    assert found.dead is None


async def test_a_lag_that_the_server_lost_is_unknown(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """After entries in the middle were deleted the server says nil; that is not zero."""
    identities = [client.xadd("events", {"n": number}) for number in range(6)]
    client.xgroup_create("events", "billing", id=identities[1])
    client.xdel("events", identities[3])
    found = (await searched(watch(server.url)))["stream:events/billing"]
    (group,) = client.xinfo_groups("events")
    assert found.waiting == group.get("lag")


async def test_taskiq(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """Its broker is a stream with a group."""
    broker = RedisStreamBroker(server.url, queue_name="jobs", consumer_group_name="workers")
    await broker.startup()

    @broker.task(task_name="send")
    async def send(number: int) -> int:
        return number

    try:
        for number in range(5):
            await send.kiq(number)
        found = (await searched(watch(server.url)))["stream:jobs/workers"]
        assert found.in_flight == 0
        # A group that was made before the first entry and has read nothing lags behind all of them.
        assert found.waiting in ({5} if knows_lag(client) else {5, None})
    finally:
        await broker.shutdown()


async def test_streams_can_be_left_out(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """Not every group of a stream is a queue."""
    client.xadd("events", {"n": 1})
    client.xgroup_create("events", "billing", id="0")
    assert not await searched(watch(server.url, streams=False))
