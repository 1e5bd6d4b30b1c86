"""A service was deployed without a variable that it needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import MATCHING, PATIENTS, RESIDENCY, REVRX
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service, variable = dice.choice(
        (
            (PATIENTS, "HMAC_SECRET_KEY"),
            (MATCHING, "GEOCODER_URL"),
            (REVRX, "JWT_SECRET_KEY"),
            (RESIDENCY, "DATABASE_URL"),
        )
    )
    await company.change(service, without=(variable,))
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Set {variable} for {service}, and deploy it again.",
    )
    await company.restore(service)


DRILL = Drill(
    id="missing-variable",
    title="A service does not come up after a deployment",
    finding="config.env-missing",
    guide="tradeengage/environment-variables",
    visible_within_s=30,
    cause=_cause,
)
