"""BullMQ's own library produces and works; counts are compared with the library's."""

from __future__ import annotations

import pytest
import redis
from bullmq import Queue, Worker

from tests.engines.redis.looking import Watching, searched
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis


async def test_all_its_sets(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """Waiting, prioritised, delayed, failed, in flight."""
    queue = Queue("images", {"connection": server.url})
    worker = Worker("images", None, {"connection": server.url, "autorun": False})
    try:
        for number in range(5):
            await queue.add("resize", {"n": number}, {"attempts": 1})
        for number in range(2):
            await queue.add("urgent", {"n": number}, {"priority": 3})
        await queue.add("later", {}, {"delay": 3_600_000})
        first = await worker.getNextJob("token-1")
        assert first is not None
        second = await worker.getNextJob("token-2")
        assert second is not None
        await second.moveToFailed(ValueError("as it should"), "token-2")

        found = (await searched(watch(server.url)))["bullmq:images"]

        assert found.waiting == client.llen("bull:images:wait") + client.zcard("bull:images:prioritized")
        assert found.waiting == 5
        assert found.in_flight == client.llen("bull:images:active") == 1
        assert found.delayed == client.zcard("bull:images:delayed") == 1
        assert found.dead == client.zcard("bull:images:failed") == 1
        assert found.oldest_age_s is not None
        assert 0 <= found.oldest_age_s < 60
        assert not found.paused
    finally:
        await worker.close()
        await queue.close()


async def test_a_paused_queue(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """Its jobs wait all the same."""
    queue = Queue("mail", {"connection": server.url})
    try:
        for number in range(3):
            await queue.add("send", {"n": number})
        await queue.pause()
        found = (await searched(watch(server.url)))["bullmq:mail"]
        assert found.paused
        assert found.waiting == 3
    finally:
        await queue.close()
