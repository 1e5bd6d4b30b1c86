"""What every service with a database does in the same way: its pool, its health, and listening to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from triage_tui.lab.company.services.pool import Pool
from triage_tui.lab.company.services.program import setting, whole_number
from triage_tui.lab.company.services.web import Reply, Request, listen


def pool_of(name: str) -> Pool:
    """A service's pool, by its settings."""
    return Pool(
        setting("DATABASE_URL"),
        name,
        size=whole_number("POOL_SIZE", 3),
        least=whole_number("POOL_MIN_SIZE", 1),
    )


def health(trouble: str | None, of: str = "database") -> Reply:
    """What is answered to a health check. of: what the trouble is with."""
    if trouble is None:
        return Reply(HTTPStatus.OK, {"status": "healthy"})
    return Reply(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "unhealthy", of: trouble})


async def serve_with(pool: Pool, port: int, answer: Callable[[Request], Awaitable[Reply]]) -> None:
    """Keep the pool filled and answer requests, until cancelled. port: where the settings name none."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pool.keep_filled())
        tasks.create_task(listen(whole_number("PORT", port), answer))
