"""Somebody has run the seed a second time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import one_off
from triage_tui.lab.company.images import seed_script
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    spec = one_off(
        company.premises,
        *("residency", dice.choice(("backend", "seed")), "residency/backend:local"),
        (str(seed_script(company.premises.images)),),
        {"DATABASE_URL": company.premises.database_url("residency_scheduler")},
    )
    async with company.once(spec) as name:
        yield Place(
            target=ENGINE,
            subject=name,
            by_hand="Nothing is lost: the people are there already. Let the seed skip those that it finds.",
        )


DRILL = Drill(
    id="seed-twice",
    title="Seeding the schedule has failed",
    finding="logs.signature",
    guide="residency-scheduler/seed-duplicate-key",
    visible_within_s=20,
    cause=_cause,
)
