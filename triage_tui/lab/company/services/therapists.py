"""therapist-service: who is there, and who has a place."""

from __future__ import annotations

from http import HTTPStatus

from triage_tui.lab.company.services.backend import health, pool_of, serve_with
from triage_tui.lab.company.services.pool import Pool
from triage_tui.lab.company.services.program import run, setting
from triage_tui.lab.company.services.web import Reply, Request, refusal


class Therapists:
    """The service's requests."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._secret = setting("HMAC_SECRET_KEY")

    async def answer(self, request: Request) -> Reply:
        """Whatever is asked."""
        if request.path == "/health":
            return health(await self._pool.works())
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

    pool = pool_of("therapist-service")
    assert postcodes.KNOWN
    await serve_with(pool, 8002, Therapists(pool).answer)


if __name__ == "__main__":
    run("therapist-service", serve)
