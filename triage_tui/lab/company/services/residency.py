"""residency-backend: a schedule, behind a rate limit that it counts in Redis."""

from __future__ import annotations

import os
import sys
import time
from http import HTTPStatus
from pathlib import Path

from redis import RedisError
from redis.asyncio import Redis

from triage_tui.lab.company.services.backend import health, pool_of, serve_with
from triage_tui.lab.company.services.pool import Pool
from triage_tui.lab.company.services.program import log, run, setting
from triage_tui.lab.company.services.stores import trouble_with
from triage_tui.lab.company.services.web import Reply, Request

STRATEGIES = ("fixed-window", "moving-window")
LIMIT_PER_MINUTE = 10_000


class Backend:
    """The service's requests."""

    def __init__(self, pool: Pool, redis: Redis) -> None:
        self._pool = pool
        self._redis = redis

    async def answer(self, request: Request) -> Reply:
        """Whatever is asked."""
        match request.path:
            case "/health":
                return health(await trouble_with(self._pool, self._redis), of="trouble")
            case "/api/v1/schedule":
                return await self._show()
        return Reply(HTTPStatus.NOT_FOUND, {"error": "not found"})

    async def _show(self) -> Reply:
        window = f"limits:schedule:{int(time.time() // 60)}"
        try:
            asked = await self._redis.incr(window)
            await self._redis.expire(window, 120)
        except (RedisError, OSError) as error:
            log.error("rate limiting failed: redis.exceptions.%s: %s", type(error).__name__, error)
            raise
        if asked > LIMIT_PER_MINUTE:
            return Reply(HTTPStatus.TOO_MANY_REQUESTS, {"detail": "rate limit exceeded"})
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT people.name, blocks.starts_on, blocks.rotation FROM blocks JOIN people "
                "ON people.id = blocks.person_id ORDER BY blocks.starts_on LIMIT 28"
            )
            rows = await cursor.fetchall()
        return Reply(HTTPStatus.OK, [[row[0], str(row[1]), row[2]] for row in rows])


def redis_url() -> str:
    """The address with the password put into it, as this backend has always done it."""
    url, password = setting("REDIS_URL"), os.environ.get("REDIS_PASSWORD")
    return url.replace("redis://", f"redis://:{password}@") if password else url


def check_image() -> None:
    """What has to be in the image, and what the limiter can do. It does not start where that is wrong."""
    if not Path(setting("LIBMAGIC_PATH")).is_file():
        log.critical("ImportError: failed to find libmagic. Check your installation")
        sys.exit(1)
    strategy = os.environ.get("RATE_LIMIT_STRATEGY", "fixed-window")
    if strategy not in STRATEGIES:
        log.critical("ConfigurationError: Invalid rate limiting strategy %s", strategy)
        sys.exit(1)


async def serve() -> None:
    """The service until it is cancelled."""
    setting("SECRET_KEY")
    check_image()
    pool = pool_of("residency-backend")
    try:
        redis: Redis = Redis.from_url(
            redis_url(), decode_responses=True, client_name="residency-backend", socket_timeout=2
        )
    except ValueError as error:
        log.critical("redis.exceptions.ConnectionError: invalid REDIS_URL: %s", error)
        sys.exit(1)
    await serve_with(pool, 8000, Backend(pool, redis).answer)


if __name__ == "__main__":
    run("residency-backend", serve)
