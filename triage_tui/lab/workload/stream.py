"""A stream with two consumer groups: one keeps up, the other reads in bursts and lags in between."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, NoReturn

from redis import ResponseError
from redis.asyncio import Redis

STREAM = "shop:events"
KEPT = 2000
EVENTS_PER_S = 4


async def publish(client: Redis) -> NoReturn:
    """A few events each second; old ones are trimmed."""
    while True:
        async with client.pipeline(transaction=False) as batch:
            for _ in range(EVENTS_PER_S):
                batch.xadd(STREAM, {"order": secrets.token_hex(4)}, maxlen=KEPT, approximate=True)
            await batch.execute()
        await asyncio.sleep(1.0)


async def consume(client: Redis, group: str, *, every_s: float) -> NoReturn:
    """Read what is new, acknowledge what was read the time before, and rest for `every_s` seconds."""
    try:
        await client.xgroup_create(STREAM, group, id="$", mkstream=True)
    except ResponseError as error:
        if not str(error).startswith("BUSYGROUP"):
            raise
    in_hand: list[str] = []
    while True:
        answer: Any = await client.xreadgroup(group, f"{group}-1", {STREAM: ">"}, count=500)
        if in_hand:
            await client.xack(STREAM, group, *in_hand)
        in_hand = [entry for _, entries in answer for entry, _ in entries]
        await asyncio.sleep(every_s)
