"""The limiter is configured with a strategy that it does not know any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import RESIDENCY
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    strategy = dice.choice(("fixed-window-elastic-expiry", "sliding-window-elastic-expiry"))
    await company.change(RESIDENCY, env={"RATE_LIMIT_STRATEGY": strategy})
    yield Place(
        target=ENGINE,
        subject=RESIDENCY,
        by_hand="Set RATE_LIMIT_STRATEGY to fixed-window or moving-window, and deploy it again.",
    )
    await company.restore(RESIDENCY)


DRILL = Drill(
    id="rate-limit-strategy",
    title="The scheduler does not come up after an upgrade",
    finding="docker.restart-loop",
    guide="residency-scheduler/rate-limit-strategy",
    visible_within_s=30,
    cause=_cause,
)
