"""revrx-backend: takes encounters for review, and leaves the work to a Celery worker."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from redis import RedisError
from redis.asyncio import Redis

from triage_tui.lab.company.services.jobs import message
from triage_tui.lab.company.services.pool import Pool
from triage_tui.lab.company.services.program import log, run, setting, whole_number
from triage_tui.lab.company.services.tokens import TokenError, verify
from triage_tui.lab.company.services.web import Reply, Request, listen

QUEUE = "encounters"
TASK = "revrx.process_encounter"
KEPT = 5000
"""Older encounters go, so that a lab that runs all day does not fill a disk."""


class Backend:
    """The service's requests."""

    def __init__(self, pool: Pool, redis: Redis) -> None:
        self._pool = pool
        self._redis = redis
        self._jwt_secret = setting("JWT_SECRET_KEY")

    async def answer(self, request: Request) -> Reply:
        """Whatever is asked."""
        match request.method, request.path:
            case _, "/health":
                return await self._health()
            case "POST", "/api/v1/encounters":
                return await self._take(request)
        return Reply(HTTPStatus.NOT_FOUND, {"error": "not found"})

    async def _health(self) -> Reply:
        trouble = await self._pool.works()
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            trouble = trouble or f"{type(error).__name__}: {error}"
        if trouble is not None:
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "unhealthy", "trouble": trouble})
        return Reply(HTTPStatus.OK, {"status": "healthy"})

    async def _take(self, request: Request) -> Reply:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            user = verify(self._jwt_secret, token)
        except TokenError as error:
            log.error("%s", error)
            return Reply(HTTPStatus.UNAUTHORIZED, {"error": str(error)})
        pages = int(request.json()["pages"])
        async with self._pool.connection() as connection, connection.transaction():
            cursor = await connection.execute(
                "INSERT INTO encounters (clinic, pages) VALUES (%s, %s) RETURNING id", [user, pages]
            )
            row = await cursor.fetchone()
            assert row is not None
            await connection.execute("DELETE FROM encounters WHERE id <= %s", [row[0] - KEPT])
        await self._redis.lpush(QUEUE, message(QUEUE, TASK, row[0], origin="revrx-backend"))
        return Reply(HTTPStatus.ACCEPTED, {"encounter": row[0]})


async def serve() -> None:
    """The service until it is cancelled."""
    pool = Pool(
        setting("DATABASE_URL"),
        "revrx-backend",
        size=whole_number("POOL_SIZE", 3),
        least=whole_number("POOL_MIN_SIZE", 1),
    )
    redis: Redis = Redis.from_url(
        setting("REDIS_URL"), decode_responses=True, client_name="revrx-backend", socket_timeout=2
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pool.keep_filled())
        tasks.create_task(listen(whole_number("PORT", 8000), Backend(pool, redis).answer))


if __name__ == "__main__":
    run("revrx-backend", serve)
