"""One service was given another HMAC key than the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import MATCHING, PATIENTS, THERAPISTS
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service = dice.choice((PATIENTS, MATCHING, THERAPISTS))
    await company.change(service, env={"HMAC_SECRET_KEY": f"{dice.getrandbits(128):032x}"})
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Give {service} the HMAC_SECRET_KEY that the others have, and deploy it again.",
    )
    await company.restore(service)


DRILL = Drill(
    id="secret-drift",
    title="Services refuse each other",
    finding="config.env-drift",
    guide="therapy-matching/hmac-verification-failed",
    visible_within_s=30,
    cause=_cause,
)
