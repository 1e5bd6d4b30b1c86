"""patient-service: patients, and the cascade that ends their searches before it deletes them."""

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


class Patients:
    """The service's requests."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._secret = setting("HMAC_SECRET_KEY")
        self._matching = setting("MATCHING_SERVICE_URL")
        self._timeout_s = number("SERVICE_TIMEOUT_S", 2)

    async def answer(self, request: Request) -> Reply:
        """Whatever is asked."""
        if request.path == "/health":
            return health(await self._pool.works())
        refused = refusal(request, self._secret)
        if refused is not None:
            return refused
        *_, last = request.path.split("/")
        match request.method:
            case "POST":
                return await self._register(request)
            case "DELETE" if last.isdigit():
                return await self._delete(int(last))
            case "GET" if last.isdigit():
                return await self._show(int(last))
        return Reply(HTTPStatus.NOT_FOUND, {"error": "not found"})

    async def _register(self, request: Request) -> Reply:
        given = request.json()
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "INSERT INTO patients (name, email, postcode) VALUES (%s, %s, %s) RETURNING id",
                [given["name"], given["email"], given["postcode"]],
            )
            row = await cursor.fetchone()
        return Reply(HTTPStatus.CREATED, {"id": row[0] if row else None})

    async def _show(self, patient: int) -> Reply:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(
                "SELECT name, postcode, (SELECT count(*) FROM searches WHERE patient_id = patients.id) "
                "FROM patients WHERE id = %s",
                [patient],
            )
            row = await cursor.fetchone()
        if row is None:
            return Reply(HTTPStatus.NOT_FOUND, {"error": f"no patient {patient}"})
        return Reply(HTTPStatus.OK, {"name": row[0], "postcode": row[1], "searches": row[2]})

    async def _delete(self, patient: int) -> Reply:
        """Only when the matching service has ended the searches: else they would point at nobody."""
        url = f"{self._matching}/api/platzsuchen/{patient}"
        try:
            ended = await call(url, "DELETE", secret=self._secret, timeout_s=self._timeout_s)
        except SlowError as error:
            return self._blocked(f"ReadTimeout: {error}")
        except UnreachableError as error:
            return self._blocked(f"Matching service unavailable: {error}")
        if ended.status >= HTTPStatus.BAD_REQUEST:
            return self._blocked(f"Matching service error: {ended.status} {HTTPStatus(ended.status).phrase}")
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM patients WHERE id = %s", [patient])
        return Reply(HTTPStatus.OK, {"deleted": patient})

    def _blocked(self, why: str) -> Reply:
        log.error("Cannot delete patient: %s", why)
        return Reply(HTTPStatus.SERVICE_UNAVAILABLE, {"error": f"Cannot delete patient: {why}"})


async def serve() -> None:
    """The service until it is cancelled."""
    pool = pool_of("patient-service")
    await serve_with(pool, 8001, Patients(pool).answer)


if __name__ == "__main__":
    run("patient-service", serve)
