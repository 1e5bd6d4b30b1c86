"""A partner answers every webhook with an error."""

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
    await company.set_mood(webhook_status=dice.choice((500, 502, 503)))
    yield Place(
        target=ENGINE,
        subject=WEBHOOK_SENDER,
        by_hand="Tell the partner; when they are well again, send what stands in webhooks:dead.",
    )
    await company.set_mood(webhook_status=200)


DRILL = Drill(
    id="webhook-failing",
    title="A partner says that no events arrive",
    finding="logs.signature",
    guide="svc-infra/webhook-delivery",
    visible_within_s=30,
    cause=_cause,
)
