"""Redis is stopped, or was killed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.company.containers import REDIS
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    async with company.down(REDIS, dice):
        yield Place(
            target=REDIS_TARGET,
            subject="",
            by_hand=f"Start {REDIS}; services connect again by themselves.",
            fix=Fix("docker.start", REDIS),
        )


DRILL = Drill(
    id="redis-down",
    title="Sessions are lost and jobs are not accepted",
    finding="redis.unreachable",
    guide="tradeengage/redis-connection",
    visible_within_s=20,
    cause=_cause,
)
