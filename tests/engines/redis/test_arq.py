"""arq's own library produces and works."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest
import redis
from arq import Worker, create_pool, func
from arq.connections import RedisSettings

from tests.engines.redis.looking import Watching, searched
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis


async def send(_context: object, number: int = 0) -> int:
    """Work that is done at once."""
    return number


async def test_due_later_and_in_progress(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """The queue holds what runs as well: it is told apart by its own key."""
    started, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_context: object) -> None:
        started.set()
        await go_on.wait()

    settings = RedisSettings.from_dsn(server.url)
    pool = await create_pool(settings)
    await pool.enqueue_job("wait")
    worker = Worker(
        functions=[send, func(wait, name="wait")],
        redis_settings=settings,
        burst=True,
        max_jobs=1,
        handle_signals=False,
        poll_delay=0.05,
    )
    running = asyncio.create_task(worker.async_run())
    try:
        await asyncio.wait_for(started.wait(), 30)
        for number in range(3):
            await pool.enqueue_job("send", number)
        await pool.enqueue_job("send", 9, _defer_by=timedelta(hours=1))

        found = next(q for name, q in (await searched(watch(server.url))).items() if name.startswith("arq:"))

        assert client.zcard("arq:queue") == 5
        assert found.in_flight == 1
        assert found.waiting == 3
        assert found.delayed == 1
        assert found.dead is None
        assert found.oldest_age_s is not None
        assert found.oldest_age_s < 60
    finally:
        go_on.set()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        # Closing raises what cancelled the worker's own tasks.
        with contextlib.suppress(asyncio.CancelledError):
            await worker.close()
        await pool.aclose()
