"""Dramatiq's own library produces and works; our numbers must be the server's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import dramatiq
import pytest
import redis
from dramatiq.brokers.redis import RedisBroker

from tests.engines.redis.looking import Watching, searched
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis


@pytest.fixture
def broker(server: EmbeddedServer) -> Iterator[RedisBroker]:
    """A broker of the library."""
    one = RedisBroker(url=server.url)
    yield one
    one.close()


async def test_depth_delay_dead_and_age(
    broker: RedisBroker, client: redis.Redis, server: EmbeddedServer, watch: Watching
) -> None:
    """Waiting, for later, given up; the oldest by its own time."""

    @dramatiq.actor(broker=broker, queue_name="mail", max_retries=0)
    def send(number: int) -> None:
        if number < 0:
            raise ValueError("as it should")

    send.send(-1)
    worker = dramatiq.Worker(broker, worker_timeout=50)
    worker.start()
    try:
        broker.join("mail", timeout=30_000)
        end = time.monotonic() + 30
        while not client.zcard("dramatiq:mail.XQ"):
            assert time.monotonic() < end, "the message that fails was not given up"
            await asyncio.sleep(0.05)
    finally:
        worker.stop()
    for number in range(6):
        send.send(number)
    send.send_with_options(args=(9,), delay=3_600_000)

    found = (await searched(watch(server.url)))["dramatiq:mail"]

    assert found.waiting == client.llen("dramatiq:mail") == 6
    assert found.delayed == client.hlen("dramatiq:mail.DQ.msgs") == 1
    assert found.dead == client.zcard("dramatiq:mail.XQ") == 1
    assert found.in_flight == 0
    assert found.oldest_age_s is not None
    assert 0 <= found.oldest_age_s < 60


async def test_what_a_worker_holds(
    broker: RedisBroker, client: redis.Redis, server: EmbeddedServer, watch: Watching
) -> None:
    """Messages that were taken and not finished."""

    @dramatiq.actor(broker=broker, queue_name="slow")
    def work() -> None:
        time.sleep(5)

    for _ in range(5):
        work.send()
    consumer = broker.consume("slow", prefetch=2, timeout=100)
    held = [next(consumer), next(consumer)]
    assert all(held)
    found = (await searched(watch(server.url)))["dramatiq:slow"]
    assert found.waiting == client.llen("dramatiq:slow")
    assert found.in_flight == client.hlen("dramatiq:slow.msgs") - client.llen("dramatiq:slow") >= 2
    consumer.close()
