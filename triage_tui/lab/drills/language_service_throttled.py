"""The language service refuses for too many requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import REVRX_WORKER
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    await company.set_mood(comprehend_status=dice.choice((400, 429)))
    yield Place(
        target=ENGINE,
        subject=REVRX_WORKER,
        by_hand="Ask less often, with pauses that grow, or have the limit raised.",
    )
    await company.set_mood(comprehend_status=200)


DRILL = Drill(
    id="language-service-throttled",
    title="Encounters end without a result",
    finding="logs.signature",
    guide="revrx/comprehend-throttled",
    visible_within_s=30,
    cause=_cause,
)
