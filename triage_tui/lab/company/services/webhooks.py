"""webhook-sender: tells partners what happened, each message signed, three times at most."""

from __future__ import annotations

import asyncio
import hmac
import json
from http import HTTPStatus
from typing import Any, NoReturn

from redis import RedisError, ResponseError
from redis.asyncio import Redis

from triage_tui.lab.company.services.program import log, run, setting
from triage_tui.lab.company.services.web import SlowError, UnreachableError, call

STREAM = "webhooks:outgoing"
GROUP = "sender"
DEAD = "webhooks:dead"
RETRIES = 3
RETRY_S = 0.3
_BLOCK_MS = 2000


class Sender:
    """One reader of the stream."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._secret = setting("WEBHOOK_SECRET")
        self._url = setting("WEBHOOK_URL")

    async def send_all(self) -> NoReturn:
        """Read, deliver, acknowledge, whatever happens to Redis meanwhile."""
        while True:
            try:
                await self._join()
                while True:
                    answer: Any = await self._redis.xreadgroup(
                        GROUP, "sender-1", {STREAM: ">"}, count=5, block=_BLOCK_MS
                    )
                    for _, entries in answer or ():
                        for entry, fields in entries:
                            await self._deliver(entry, fields["payload"])
            except (RedisError, OSError) as error:
                log.error("redis.exceptions.%s: %s", type(error).__name__, error)
                await asyncio.sleep(1.0)

    async def _join(self) -> None:
        try:
            await self._redis.xgroup_create(STREAM, GROUP, id="$", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def _deliver(self, entry: str, payload: str) -> None:
        content = json.loads(payload)
        body = json.dumps(content).encode()
        signature = hmac.new(self._secret.encode(), body, "sha256").hexdigest()
        for attempt in range(1, RETRIES + 1):
            try:
                reply = await call(
                    self._url, "POST", content, headers={"X-Webhook-Signature": signature}, timeout_s=2
                )
                if reply.status < HTTPStatus.BAD_REQUEST:
                    await self._redis.xack(STREAM, GROUP, entry)
                    return
                refusal = f"{reply.status} {json.dumps(reply.content)}"
                if reply.status == HTTPStatus.UNAUTHORIZED:
                    log.error("SignatureVerificationError: Webhook signature mismatch")
            except (SlowError, UnreachableError) as error:
                refusal = str(error)
            log.warning("delivery of %s, attempt %d: %s", content["event"], attempt, refusal)
            await asyncio.sleep(RETRY_S * attempt)
        log.error("WebhookDeliveryError: Failed to deliver webhook after %d retries", RETRIES)
        await self._redis.xadd(DEAD, {"payload": payload}, maxlen=500, approximate=True)
        await self._redis.xack(STREAM, GROUP, entry)


async def serve() -> None:
    """The service until it is cancelled."""
    redis: Redis = Redis.from_url(
        setting("REDIS_URL"), decode_responses=True, client_name="webhook-sender", socket_timeout=5
    )
    await Sender(redis).send_all()


if __name__ == "__main__":
    run("webhook-sender", serve)
