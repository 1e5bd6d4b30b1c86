"""DATABASE_URL of a service is no address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import MATCHING, RESIDENCY, REVRX
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service, database = dice.choice(
        ((REVRX, "revrx"), (RESIDENCY, "residency_scheduler"), (MATCHING, "therapy_platform"))
    )
    url = company.premises.database_url(database)
    wrong = dice.choice(
        (url.replace("://", ":/"), url.replace("postgresql://", "postgressql://"), f"'{url}'")
    )
    await company.change(service, env={"DATABASE_URL": wrong})
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Write DATABASE_URL of {service} as postgresql://user:password@host:port/name, and deploy it again.",
    )
    await company.restore(service)


DRILL = Drill(
    id="database-url-invalid",
    title="A service is up and finds no database",
    finding="config.database-url-invalid",
    guide="tradeengage/database-url",
    visible_within_s=30,
    cause=_cause,
)
