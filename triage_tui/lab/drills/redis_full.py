"""Somebody has stored reports in Redis, without an end."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from redis.exceptions import OutOfMemoryError

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    prefix = dice.choice(("report", "export", "render"))
    value = "x" * dice.randint(100_000, 400_000)
    async with company.redis("reports") as client:
        # Until it is refused, and then in smaller pieces, so that nothing fits any more.
        for size in (len(value), 2_000, 50):
            with contextlib.suppress(OutOfMemoryError):
                while True:
                    await client.rpush(f"{prefix}:{dice.randint(1, 40)}", value[:size])
    yield Place(
        target=REDIS_TARGET,
        subject="",
        by_hand=f"UNLINK the keys {prefix}:*, and give what is stored there a TTL.",
    )
    async with company.redis("lab") as client:
        await client.unlink(*(f"{prefix}:{number}" for number in range(1, 41)))


DRILL = Drill(
    id="redis-full",
    title="Jobs are not accepted",
    finding="redis.writes-refused",
    guide="redis/writes-refused",
    visible_within_s=20,
    cause=_cause,
)
