"""therapist-service: who is there, and who has a place."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from triage_tui.lab.company.services.pool import Pool
from triage_tui.lab.company.services.program import run, setting, whole_number
from triage_tui.lab.company.services.web import Reply, Request, listen, refusal


class Therapists:
    """The service's requests."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._secret = setting("HMAC_SECRET_KEY")

    async def answer(self, request: Request) -> Reply:
        """Whatever is asked."""
        if request.path == "/health":
            trouble = await self._pool.works()
            if trouble is None:
                return Reply(HTTPStatus.OK, {"status": "healthy"})
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "unhealthy", "database": trouble})
        refused = refusal(request, self._secret)
        if refused is not None:
            return refused
        *_, last = request.path.split("/")
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, name FROM therapists WHERE postcode = %s AND places > 0 ORDER BY id LIMIT 20",
                [last],
            )
            rows = await cursor.fetchall()
        return Reply(HTTPStatus.OK, [{"id": row[0], "name": row[1]} for row in rows])


async def serve() -> None:
    """The service until it is cancelled."""
    # A module of the image, as a dependency that is installed when it is built.
    import postcodes  # type: ignore[import-not-found]

    pool = Pool(
        setting("DATABASE_URL"),
        "therapist-service",
        size=whole_number("POOL_SIZE", 3),
        least=whole_number("POOL_MIN_SIZE", 1),
    )
    assert postcodes.KNOWN
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(pool.keep_filled())
        tasks.create_task(listen(whole_number("PORT", 8002), Therapists(pool).answer))


if __name__ == "__main__":
    run("therapist-service", serve)
