"""Somebody runs a script that is not in the container."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import one_off
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    script = dice.choice(("seed_people", "seed_templates", "seed_blocks"))
    spec = one_off(
        company.premises,
        *("residency", "backend", "residency/backend:local"),
        (f"/app/scripts/{script}.py",),
        {"DATABASE_URL": company.premises.database_url("residency_scheduler")},
    )
    async with company.once(spec) as name:
        yield Place(
            target=ENGINE,
            subject=name,
            by_hand="Mount scripts/ into the container, or feed the script to its Python on standard input.",
        )


DRILL = Drill(
    id="scripts-not-mounted",
    title="Seeding the schedule has failed at once",
    finding="logs.signature",
    guide="residency-scheduler/scripts-not-mounted",
    visible_within_s=20,
    cause=_cause,
)
