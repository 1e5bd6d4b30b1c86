"""Activities go on, whatever happens to their servers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

import psycopg
import redis

RESTART_PAUSE_S = 1.0
"""As an application under a process manager: soon, but not in a hot loop."""

Activity = Callable[[], Awaitable[object]]


async def keep(activity: Activity, *, pause_s: float = RESTART_PAUSE_S) -> NoReturn:
    """Run an activity again and again; a server that refuses, breaks off or goes away only costs it time."""
    task = asyncio.current_task()
    assert task is not None
    while True:
        try:
            await activity()
        except* (psycopg.Error, redis.RedisError, OSError):
            # A statement that is cancelled on a broken connection ends with the connection's error.
            pass
        if task.cancelling():
            raise asyncio.CancelledError
        await asyncio.sleep(pause_s)
