"""gateway: what users reach first. It carries their requests on, here at the pace of a quiet afternoon."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import secrets
from http import HTTPStatus
from typing import Any, NoReturn

from redis import RedisError
from redis.asyncio import Redis

from triage_tui.lab.company.services.program import log, number, run, setting, whole_number
from triage_tui.lab.company.services.tokens import issue
from triage_tui.lab.company.services.web import Reply, Request, SlowError, UnreachableError, call, listen

POSTCODES = tuple(f"{number:05d}" for number in range(10115, 10155))
_UPSTREAM_S = 2.0
_SESSION_S = 300
_TROUBLE = (SlowError, UnreachableError, RedisError, OSError)


class Gateway:
    """Requests of users, and what is known of the services behind."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._secret = setting("HMAC_SECRET_KEY")
        self._jwt_secret = setting("JWT_SECRET_KEY")
        self._urls = {
            name: setting(f"{name.upper()}_URL")
            for name in ("patient_service", "matching_service", "revrx", "residency")
        }
        self._newest = 1

    async def answer(self, request: Request) -> Reply:
        """`/health` asks everybody behind; `/live` only says that this process is."""
        if request.path == "/live":
            return Reply(HTTPStatus.OK, {"status": "alive"})
        if request.path != "/health":
            return Reply(HTTPStatus.NOT_FOUND, {"error": "not found"})
        async with asyncio.TaskGroup() as tasks:
            asked = {name: tasks.create_task(self._ask(url)) for name, url in self._urls.items()}
            asked["redis"] = tasks.create_task(self._ask_redis())
        troubles = {name: trouble for name, task in asked.items() if (trouble := task.result()) is not None}
        if troubles:
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE, {"status": "degraded"} | troubles)
        return Reply(HTTPStatus.OK, {"status": "healthy"})

    async def _ask(self, url: str) -> str | None:
        try:
            reply = await call(f"{url}/health", timeout_s=_UPSTREAM_S)
        except (SlowError, UnreachableError) as error:
            return str(error)
        return None if reply.status == HTTPStatus.OK else f"HTTP {reply.status}"

    async def _ask_redis(self) -> str | None:
        try:
            await self._redis.ping()
        except (RedisError, OSError) as error:
            return f"{type(error).__name__}: {error}"
        return None

    async def carry(self, every_s: float) -> NoReturn:
        """One user after the other. Called several times over, so that one who waits holds up no other."""
        while True:
            visit = random.choices(
                (self._visit_therapy, self._cancel, self._upload, self._look_at_schedule), (5, 1, 2, 2)
            )[0]
            try:
                await visit()
                await self._remember()
            except _TROUBLE as error:
                kind = {SlowError: "ReadTimeout", UnreachableError: "ConnectionError"}.get(type(error))
                log.error("%s: %s", kind or type(error).__name__, error)
            await asyncio.sleep(random.uniform(0.5, 1.5) * every_s)

    async def _remember(self) -> None:
        async with self._redis.pipeline(transaction=False) as batch:
            batch.set(f"session:{secrets.token_hex(8)}", secrets.token_hex(2000), ex=_SESSION_S)
            batch.get(f"session:{secrets.token_hex(8)}")
            await batch.execute()

    async def _visit_therapy(self) -> None:
        postcode = random.choice(POSTCODES)
        patient = await self._register(postcode)
        if patient is not None:
            await self._call(
                "matching_service", "POST", "/api/platzsuchen", {"patient": patient, "postcode": postcode}
            )
            await self._call("patient_service", "GET", f"/api/patients/{patient}")
            await self._tell("search.started", patient)

    async def _register(self, postcode: str) -> int | None:
        name = secrets.token_hex(4)
        content = {"name": name, "email": f"{name}@patients.example", "postcode": postcode}
        reply = await self._call("patient_service", "POST", "/api/patients", content)
        if reply.status != HTTPStatus.CREATED:
            return None
        self._newest = reply.content["id"]
        return self._newest

    async def _cancel(self) -> None:
        await self._call("patient_service", "DELETE", f"/api/patients/{self._newest}")
        await self._tell("patient.deleted", self._newest)

    async def _upload(self) -> None:
        token = issue(self._jwt_secret, "clinic")
        reply = await call(
            f"{self._urls['revrx']}/api/v1/encounters",
            "POST",
            {"pages": random.randint(1, 9)},
            headers={"Authorization": f"Bearer {token}"},
            timeout_s=_UPSTREAM_S,
        )
        if reply.status >= HTTPStatus.BAD_REQUEST:
            log.error("revrx refused an encounter: %d %s", reply.status, reply.content)

    async def _look_at_schedule(self) -> None:
        await call(f"{self._urls['residency']}/api/v1/schedule", timeout_s=_UPSTREAM_S)

    async def _call(self, service: str, method: str, path: str, content: Any = None) -> Reply:
        reply = await call(
            self._urls[service] + path, method, content, secret=self._secret, timeout_s=_UPSTREAM_S
        )
        if reply.status >= HTTPStatus.BAD_REQUEST and reply.status != HTTPStatus.NOT_FOUND:
            log.error("%s %s: %d %s", method, path, reply.status, reply.content)
        return reply

    async def _tell(self, event: str, patient: int) -> None:
        content = json.dumps({"event": event, "patient": patient})
        await self._redis.xadd("webhooks:outgoing", {"payload": content}, maxlen=1000, approximate=True)


async def serve() -> None:
    """The service until it is cancelled."""
    redis: Redis = Redis.from_url(
        setting("REDIS_URL"), decode_responses=True, client_name="gateway", socket_timeout=_UPSTREAM_S
    )
    gateway = Gateway(redis)
    every_s = number("PACE_S", 0.4)
    lines = whole_number("LINES", 4)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(listen(whole_number("PORT", 8080), gateway.answer))
        for _ in range(lines):
            tasks.create_task(gateway.carry(every_s * lines))
    with contextlib.suppress(RedisError):
        await redis.aclose()


if __name__ == "__main__":
    run("gateway", serve)
