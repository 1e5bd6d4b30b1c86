"""Somebody runs a report that compares everything with everything."""

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
        *("revrx", "report", "revrx/backend:1.9.3"),
        module("report"),
        {"DATABASE_URL": company.premises.database_url("revrx"), "MONTHS": str(dice.randint(2, 4))},
    )
    async with company.once(spec) as name:
        yield Place(
            target=DATABASE,
            subject="revrx-report",
            by_hand="Stop the report, and give it an index and a WHERE before it runs again.",
            fix=Fix("docker.stop", name),
        )


DRILL = Drill(
    id="slow-query",
    title="The database is busy, and pages are slow",
    finding="postgres.slow-statement",
    guide="revrx/slow-queries",
    visible_within_s=30,
    cause=_cause,
)
