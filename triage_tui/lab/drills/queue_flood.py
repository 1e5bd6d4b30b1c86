"""Somebody re-imports everything, faster than the worker can follow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.company.containers import module, one_off
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    await company.set_mood(comprehend_delay_s=0.2)
    spec = one_off(
        company.premises,
        *("revrx", "reimport", "revrx/backend:1.9.3"),
        module("reimport"),
        {"REDIS_URL": company.premises.redis.url, "JOBS_PER_S": str(dice.randint(15, 60))},
    )
    async with company.once(spec) as name:
        yield Place(
            target=REDIS_TARGET,
            subject="celery:encounters",
            by_hand="Stop the re-import; then let the worker work off what waits, or purge it.",
            fix=Fix("docker.stop", name),
        )
    await company.set_mood(comprehend_delay_s=0)
    async with company.redis("lab") as client:
        await client.delete("encounters")


DRILL = Drill(
    id="queue-flood",
    title="Results take longer and longer",
    finding="queue.growing",
    guide="tradeengage/queue-stuck",
    visible_within_s=45,
    cause=_cause,
)
