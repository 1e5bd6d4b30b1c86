"""revrx-backend: takes encounters for review, and leaves the work to a Celery worker."""

from __future__ import annotations

from http import HTTPStatus

from redis.asyncio import Redis

from triage_tui.lab.company.services.backend import health, pool_of, serve_with
from triage_tui.lab.company.services.jobs import message
from triage_tui.lab.company.services.pool import Pool
from triage_tui.lab.company.services.program import log, run, setting
from triage_tui.lab.company.services.stores import trouble_with
from triage_tui.lab.company.services.tokens import TokenError, verify
from triage_tui.lab.company.services.web import Reply, Request

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
                return health(await trouble_with(self._pool, self._redis), of="trouble")
            case "POST", "/api/v1/encounters":
                return await self._take(request)
        return Reply(HTTPStatus.NOT_FOUND, {"error": "not found"})

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
    pool = pool_of("revrx-backend")
    redis: Redis = Redis.from_url(
        setting("REDIS_URL"), decode_responses=True, client_name="revrx-backend", socket_timeout=2
    )
    await serve_with(pool, 8000, Backend(pool, redis).answer)


if __name__ == "__main__":
    run("revrx-backend", serve)
