"""Something is in the way of the file that Redis saves to."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from redis import RedisError

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    # A folder in the file's place: no rename goes over it, whoever does it.
    obstacle = company.premises.redis.home / "dump.rdb"
    obstacle.unlink(missing_ok=True)
    (obstacle / f"lost+found-{dice.randint(1, 99)}").mkdir(parents=True)
    async with company.redis("lab") as client:
        await client.bgsave()
    yield Place(
        target=REDIS_TARGET,
        subject="",
        by_hand="Look into Redis' log for what it could not write, clear the way, then BGSAVE.",
    )
    shutil.rmtree(obstacle, ignore_errors=True)
    async with company.redis("lab") as client:
        with contextlib.suppress(RedisError):
            await client.bgsave()


DRILL = Drill(
    id="redis-cannot-save",
    title="Redis refuses writes, and has memory enough",
    finding="redis.persistence-failed",
    guide="redis/persistence-failed",
    visible_within_s=20,
    cause=_cause,
)
