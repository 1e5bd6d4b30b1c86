"""The connection itself: a look that is given up ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.servers.redis import StartRedis
from triage_tui.sources.redis.wire import Wire
from triage_tui.sources.worker import Worker

pytestmark = pytest.mark.redis

TURNS = 60
"""More turns of the loop than connecting and three answers take."""


@pytest.fixture
async def wire(start: StartRedis) -> AsyncIterator[Wire]:
    wire = Wire(start("8", tcp=True).url, 0, Worker("resolver"))
    yield wire
    await wire.close()


@pytest.mark.parametrize("connected", [False, True])
async def test_asking_ends_wherever_it_is_cancelled(wire: Wire, connected: bool) -> None:
    """Cancelled at each turn of the loop that it takes; the next one gets its own answers."""
    ended = 0
    for turns in range(TURNS):
        if connected:
            await wire.ask([("PING",)])
        else:
            await wire.close()
        task = asyncio.create_task(wire.ask([("PING",)] * 3))
        for _ in range(turns):
            await asyncio.sleep(0)
        asked_to_end = task.cancel()
        done, _ = await asyncio.wait({task}, timeout=30)
        assert done
        assert task.cancelled() == asked_to_end, f"after {turns} turns"
        ended += asked_to_end
        assert await wire.ask([("ECHO", "mine")]) == [b"mine"]
    assert ended > 1
