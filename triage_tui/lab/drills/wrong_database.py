"""A service asks for a database that is called like its user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import MATCHING, PATIENTS
from triage_tui.lab.company.premises import ROLES
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service = dice.choice((PATIENTS, MATCHING))
    url = company.premises.database_url("therapy_platform")
    wrong = url.replace("/therapy_platform", f"/{ROLES['therapy_platform']}")
    await company.change(service, env={"DATABASE_URL": wrong})
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Put the database's name into DATABASE_URL of {service}, and deploy it again.",
    )
    await company.restore(service)


DRILL = Drill(
    id="wrong-database",
    title="A service is up and has no database",
    finding="postgres.database-missing",
    guide="therapy-matching/database-does-not-exist",
    visible_within_s=30,
    cause=_cause,
)
