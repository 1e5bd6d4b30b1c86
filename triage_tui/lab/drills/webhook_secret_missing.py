"""The sender of webhooks was deployed without its secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import WEBHOOK_SENDER
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    variable = dice.choice(("WEBHOOK_SECRET", "WEBHOOK_URL", "REDIS_URL"))
    await company.change(WEBHOOK_SENDER, without=(variable,))
    yield Place(
        target=ENGINE,
        subject=WEBHOOK_SENDER,
        by_hand=f"Set {variable} for {WEBHOOK_SENDER}, and deploy it again.",
        # A name that every project has: the entry that knows the line is the closest there is.
        guide="tradeengage/environment-variables" if variable == "REDIS_URL" else "",
    )
    await company.restore(WEBHOOK_SENDER)


DRILL = Drill(
    id="webhook-secret-missing",
    title="No event leaves the house",
    finding="config.env-missing",
    guide="svc-infra/environment-quick-check",
    visible_within_s=30,
    cause=_cause,
)
