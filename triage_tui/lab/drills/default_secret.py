"""A service was deployed with the secret of an example."""

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
    secret = dice.choice(("change-me-in-production", "your-secret-key-here", "changeme", "secret"))
    await company.change(RESIDENCY, env={"SECRET_KEY": secret})
    yield Place(
        target=ENGINE,
        subject=RESIDENCY,
        by_hand=f"Give {RESIDENCY} a SECRET_KEY of its own (openssl rand -hex 32), and deploy it again.",
    )
    await company.restore(RESIDENCY)


DRILL = Drill(
    id="default-secret",
    title="A check before a release fails",
    finding="config.default-secret",
    guide="residency-scheduler/new-deployment-checklist",
    visible_within_s=15,
    cause=_cause,
)
