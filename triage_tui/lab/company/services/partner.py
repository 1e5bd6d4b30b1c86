"""partner: the stand-in for those outside: a geocoder, a medical language service, a field-service API, a receiver of
webhooks, and a directory that delivers files. Their moods are set through `POST /sandbox`, as sandboxes of real ones
allow it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import random
import secrets
import time
from http import HTTPStatus
from pathlib import Path
from typing import NoReturn

from triage_tui.lab.company.services.program import log, number, run, setting, whole_number
from triage_tui.lab.company.services.web import Reply, Request, listen

POSTCODES = tuple(f"{number:05d}" for number in range(10115, 10155))
WINDOW_S = 60.0
MOODS: dict[str, float] = {
    "geocoder_delay_s": 0.0,
    "comprehend_hangs": 0,
    "comprehend_delay_s": 0.0,
    "comprehend_status": 200,
    "servicetitan_delay_s": 0.0,
    "requests_per_minute": 600,
    "webhook_status": 200,
    "deliveries": 1,
}
"""What can be set, and how it is when all is well."""


class Partner:
    """Everybody outside."""

    def __init__(self) -> None:
        self._moods = dict(MOODS)
        self._token = setting("SANDBOX_TOKEN")
        self._webhook_secret = setting("WEBHOOK_SECRET")
        self._window = 0.0
        self._asked = 0

    async def answer(self, request: Request) -> Reply:
        """Whatever is asked of any of them."""
        _, first, *_ = request.path.split("/")
        match first:
            case "health":
                return Reply(HTTPStatus.OK, {"status": "healthy"})
            case "geo":
                await asyncio.sleep(self._moods["geocoder_delay_s"])
                return Reply(HTTPStatus.OK, {"km": random.randint(1, 40)})
            case "comprehend":
                return await self._comprehend()
            case "servicetitan":
                return await self._serve_customers()
            case "webhooks":
                return self._receive(request)
            case "sandbox":
                return self._set(request)
        return Reply(HTTPStatus.NOT_FOUND, {"error": "not found"})

    async def _comprehend(self) -> Reply:
        if self._moods["comprehend_hangs"] > 0:
            self._moods["comprehend_hangs"] -= 1
            await asyncio.Event().wait()
        await asyncio.sleep(self._moods["comprehend_delay_s"])
        status = int(self._moods["comprehend_status"])
        if status != HTTPStatus.OK:
            return Reply(status, {"error": "ThrottlingException: Rate exceeded"})
        return Reply(HTTPStatus.OK, {"entities": random.randint(3, 30)})

    async def _serve_customers(self) -> Reply:
        await asyncio.sleep(self._moods["servicetitan_delay_s"])
        now = time.monotonic()
        if now - self._window > WINDOW_S:
            self._window, self._asked = now, 0
        self._asked += 1
        if self._asked > self._moods["requests_per_minute"]:
            left_s = max(1, round(self._window + WINDOW_S - now))
            return Reply(
                HTTPStatus.TOO_MANY_REQUESTS,
                {"error": f"Rate limit exceeded. Try again in {left_s} seconds."},
            )
        return Reply(HTTPStatus.OK, {"customers": [random.randint(1, 5000) for _ in range(5)]})

    def _receive(self, request: Request) -> Reply:
        wanted = hmac.new(self._webhook_secret.encode(), request.body, "sha256").hexdigest()
        if not hmac.compare_digest(wanted, request.headers.get("x-webhook-signature", "")):
            return Reply(HTTPStatus.UNAUTHORIZED, {"error": "Webhook signature mismatch"})
        status = int(self._moods["webhook_status"])
        return Reply(status, {"received": status < HTTPStatus.BAD_REQUEST})

    def _set(self, request: Request) -> Reply:
        if not hmac.compare_digest(self._token, request.headers.get("x-sandbox-token", "")):
            return Reply(HTTPStatus.FORBIDDEN, {"error": "forbidden"})
        wanted = request.json()
        if not set(wanted) <= set(MOODS):
            return Reply(HTTPStatus.BAD_REQUEST, {"error": f"known: {', '.join(MOODS)}"})
        self._moods |= wanted
        # Who is let in again need not wait for the end of a minute.
        self._asked = 0
        return Reply(HTTPStatus.OK, self._moods)

    async def deliver(self, folder: Path, every_s: float) -> NoReturn:
        """A file with a few therapists now and then, complete when it has its name."""
        while True:
            if self._moods["deliveries"]:
                name = f"therapists-{time.time_ns()}.json"
                entries = [
                    {"name": f"T. {secrets.token_hex(3)}", "postcode": random.choice(POSTCODES), "places": 1}
                    for _ in range(3)
                ]
                part = folder / f"{name}.part"
                part.write_text(json.dumps(entries))
                part.rename(folder / name)
                log.info("delivered %s", name)
            await asyncio.sleep(every_s)


async def serve() -> None:
    """The service until it is cancelled."""
    partner = Partner()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(listen(whole_number("PORT", 9000), partner.answer))
        tasks.create_task(partner.deliver(Path(setting("DELIVERY_FOLDER")), number("DELIVERY_EVERY_S", 6)))


if __name__ == "__main__":
    run("partner", serve)
