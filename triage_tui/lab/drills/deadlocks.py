"""A dispatcher locks jobs in any order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.company.containers import module, one_off
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    spec = one_off(
        company.premises,
        *("tradeengage", "dispatch", "tradeengage/integration:0.31"),
        module("dispatch"),
        {"DATABASE_URL": company.premises.database_url("integration"), "JOBS": str(dice.randint(2, 3))},
    )
    async with company.once(spec) as name:
        yield Place(
            target=DATABASE,
            subject="integration",
            by_hand="Let the dispatcher lock jobs in the order of their numbers; until then, stop it.",
            fix=Fix("docker.stop", name),
        )


DRILL = Drill(
    id="deadlocks",
    title="Some dispatches fail and are tried again",
    finding="postgres.deadlocks",
    guide="postgres/deadlocks",
    visible_within_s=60,
    cause=_cause,
)
