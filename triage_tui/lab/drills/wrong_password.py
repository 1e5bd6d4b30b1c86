"""A service has an old password for the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import PATIENTS, RESIDENCY, REVRX
from triage_tui.lab.company.premises import ROLES
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service, database = dice.choice(
        ((REVRX, "revrx"), (RESIDENCY, "residency_scheduler"), (PATIENTS, "therapy_platform"))
    )
    url = company.premises.database_url(database)
    password = company.premises.secrets[ROLES[database]]
    await company.change(service, env={"DATABASE_URL": url.replace(password, f"{dice.getrandbits(64):x}")})
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Put the role's present password into DATABASE_URL of {service}, and deploy it again.",
    )
    await company.restore(service)


DRILL = Drill(
    id="wrong-password",
    title="A service is up and may not use the database",
    finding="postgres.auth-failed",
    guide="tradeengage/password-authentication-failed",
    visible_within_s=30,
    cause=_cause,
)
