"""PostgreSQL and Redis together, for services that can do nothing without either."""

from __future__ import annotations

from redis import RedisError
from redis.asyncio import Redis

from triage_tui.lab.company.services.pool import Pool


async def trouble_with(pool: Pool, redis: Redis) -> str | None:
    """Why one of them cannot be used, PostgreSQL first; None where both can."""
    trouble = await pool.works()
    try:
        await redis.ping()
    except (RedisError, OSError) as error:
        trouble = trouble or f"{type(error).__name__}: {error}"
    return trouble
