"""Sender and receiver of webhooks have different secrets."""

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
    await company.change(WEBHOOK_SENDER, env={"WEBHOOK_SECRET": f"{dice.getrandbits(128):032x}"})
    yield Place(
        target=ENGINE,
        subject=WEBHOOK_SENDER,
        by_hand="Agree on one WEBHOOK_SECRET with the partner, and deploy the sender again.",
    )
    await company.restore(WEBHOOK_SENDER)


DRILL = Drill(
    id="webhook-signature",
    title="A partner refuses every event",
    finding="config.env-drift",
    guide="svc-infra/webhook-delivery",
    visible_within_s=30,
    cause=_cause,
)
