"""The field-service API takes longer than the task waits."""

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
    await company.set_mood(servicetitan_delay_s=dice.randint(32, 45))
    yield Place(
        target=ENGINE,
        subject=SYNC_WORKER,
        by_hand="Ask those who run the API; meanwhile fetch smaller pages.",
    )
    await company.set_mood(servicetitan_delay_s=0)
    await company.engine.restart(SYNC_WORKER)


DRILL = Drill(
    id="task-timeout",
    title="Synchronisations fail after half a minute",
    finding="logs.signature",
    guide="tradeengage/task-timeout",
    visible_within_s=60,
    cause=_cause,
)
