"""matching-service: searches for a place, with the therapists that the therapist service knows of."""

from __future__ import annotations

from http import HTTPStatus

from triage_tui.lab.company.services.backend import health, pool_of, serve_with
from triage_tui.lab.company.services.pool import Pool
from triage_tui.lab.company.services.program import log, number, run, setting
from triage_tui.lab.company.services.web import (
    Reply,
    Request,
    SlowError,
    UnreachableError,
    call,
    refusal,
)


class Matching:
    """The service's requests."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._secret = setting("HMAC_SECRET_KEY")
        self._therapists = setting("THERAPIST_SERVICE_URL")
        self._geocoder = setting("GEOCODER_URL")
        self._timeout_s = number("SERVICE_TIMEOUT_S", 5)

    async def answer(self, request: Request) -> Reply:
        """Whatever is asked."""
        if request.path == "/health":
            return await self._health()
        refused = refusal(request, self._secret)
        if refused is not None:
            return refused
        *_, last = request.path.split("/")
        if request.method == "DELETE" and last.isdigit():
            return await self._end(int(last))
        if request.method == "POST":
            given = request.json()
            return await self._search(given["patient"], given["postcode"])
        return Reply(HTTPStatus.NOT_FOUND, {"error": "not found"})

    async def _health(self) -> Reply:
        """Well when the database answers; distances are part of every search, so the geocoder is asked too."""
        trouble = await self._pool.works()
        if trouble is not None:
            return health(trouble)
        try:
            await call(f"{self._geocoder}/ping", timeout_s=self._timeout_s)
        except (SlowError, UnreachableError) as error:
            return Reply(HTTPStatus.OK, {"status": "degraded", "geocoder": str(error)})
        return health(None)

    async def _search(self, patient: int, postcode: str) -> Reply:
        url = f"{self._therapists}/api/therapists/{postcode}"
        try:
            found = await call(url, secret=self._secret, timeout_s=self._timeout_s)
            await call(f"{self._geocoder}/distance/{postcode}", timeout_s=self._timeout_s)
        except (SlowError, UnreachableError) as error:
            kind = "ReadTimeout" if isinstance(error, SlowError) else "ConnectionError"
            log.error("search for patient %d failed: %s: %s", patient, kind, error)
            return Reply(HTTPStatus.BAD_GATEWAY, {"error": f"{kind}: {error}"})
        if found.status != HTTPStatus.OK:
            log.error("search for patient %d failed: therapist service says %s", patient, found.content)
            return Reply(HTTPStatus.BAD_GATEWAY, found.content)
        async with self._pool.connection() as connection:
            await connection.execute(
                "INSERT INTO searches (patient_id, therapist_id, status) VALUES (%s, %s, 'aktiv')",
                [patient, found.content[0]["id"] if found.content else None],
            )
        return Reply(HTTPStatus.CREATED, {"candidates": len(found.content)})

    async def _end(self, patient: int) -> Reply:
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM searches WHERE patient_id = %s", [patient])
        return Reply(HTTPStatus.OK, {"ended": patient})


async def serve() -> None:
    """The service until it is cancelled."""
    pool = pool_of("matching-service")
    await serve_with(pool, 8003, Matching(pool).answer)


if __name__ == "__main__":
    run("matching-service", serve)
