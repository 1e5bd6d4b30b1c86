"""Something sorts a long list inside Redis, again and again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from redis import RedisError

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.drill import Drill, Place
from triage_tui.lab.sessions import going_on

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    key = dice.choice(("catalogue:names", "ranking:all", "search:index"))
    async with company.redis("catalogue") as client:
        names = [f"{dice.getrandbits(64):016x}" for _ in range(dice.randint(40_000, 60_000))]
        for first in range(0, len(names), 5_000):
            await client.rpush(key, *names[first : first + 5_000])

        async def sort_again_and_again() -> None:
            while True:
                with contextlib.suppress(RedisError):
                    await client.sort(key, alpha=True, start=0, num=20)
                await asyncio.sleep(2.0)

        async with going_on(sort_again_and_again()):
            yield Place(
                target=REDIS_TARGET,
                subject=key,
                by_hand=f"Keep {key} as a sorted set, so that nobody has to sort it.",
            )
        with contextlib.suppress(RedisError):
            await client.unlink(key)


DRILL = Drill(
    id="redis-slow-commands",
    title="Everything that uses Redis stutters",
    finding="redis.slow-commands",
    guide="redis/slow-commands",
    visible_within_s=20,
    cause=_cause,
)
