"""The field-service API lets only a few requests through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import SYNC_WORKER
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    await company.set_mood(requests_per_minute=dice.randint(0, 2))
    yield Place(
        target=ENGINE,
        subject=SYNC_WORKER,
        by_hand="Synchronise less often until the window is over, or have the limit raised.",
    )
    await company.set_mood(requests_per_minute=600)


DRILL = Drill(
    id="rate-limited",
    title="Customers are not up to date",
    finding="logs.signature",
    guide="tradeengage/rate-limited",
    visible_within_s=30,
    cause=_cause,
)
