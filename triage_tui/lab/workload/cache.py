"""The shop's sessions in Redis: memory that fills and empties, hits and misses, and a command that is slow."""

from __future__ import annotations

import asyncio
import math
import random
import secrets
import time
from typing import NoReturn

from redis.asyncio import Redis

SERVER_SETTINGS = {
    "maxmemory": "32mb",
    "maxmemory-policy": "volatile-lru",
    "maxclients": "200",
    "slowlog-log-slower-than": "2000",
    "slowlog-max-len": "64",
}
"""Of redis.conf. A small limit, so that the shop's few megabytes show on a bar; the slow log starts at 2 ms."""

SESSION_BYTES = 7000
SESSION_TTL_S = 120
SESSIONS_LEAST_PER_S = 17
SESSIONS_MOST_PER_S = 25
"""With that size and that life, the sessions swing between 14 and 21 MB."""

TIDE_S = 300.0
NAMES = 20_000


async def fill(client: Redis) -> None:
    """What a shop that has run for a while has stored."""
    async with client.pipeline(transaction=False) as batch:
        for _ in range(SESSION_TTL_S * SESSIONS_LEAST_PER_S):
            _store_session(batch, random.randint(1, SESSION_TTL_S))
        await batch.execute()
    await client.delete("catalogue:names")
    await client.rpush("catalogue:names", *(f"item {secrets.token_hex(6)}" for _ in range(NAMES)))


async def remember_shoppers(client: Redis) -> NoReturn:
    """Each second, sessions begin, and some are looked up: most of them are there."""
    while True:
        swing = (1 - math.cos(2 * math.pi * time.monotonic() / TIDE_S)) / 2
        begun = SESSIONS_LEAST_PER_S + round(swing * (SESSIONS_MOST_PER_S - SESSIONS_LEAST_PER_S))
        async with client.pipeline(transaction=False) as batch:
            for _ in range(begun):
                known = _store_session(batch, SESSION_TTL_S)
                batch.get(known)
            batch.get(_session_key())
            await batch.execute()
        await asyncio.sleep(1.0)


async def sort_the_catalogue(client: Redis, *, every_s: float = 15.0) -> NoReturn:
    """Somebody sorts a long list in the server to show twenty lines of it."""
    while True:
        await client.sort("catalogue:names", alpha=True, start=0, num=20)
        await asyncio.sleep(every_s)


def _store_session(batch: Redis, ttl_s: int) -> str:
    key = _session_key()
    batch.set(key, secrets.token_hex(SESSION_BYTES // 2), ex=ttl_s)
    return key


def _session_key() -> str:
    return f"session:{secrets.token_hex(8)}"
