"""The matching service is stopped, or was killed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import MATCHING
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    async with company.down(MATCHING, dice):
        yield Place(
            target=ENGINE,
            subject=MATCHING,
            by_hand=f"Start {MATCHING}, then let users try again.",
            fix=Fix("docker.start", MATCHING),
        )


DRILL = Drill(
    id="matching-down",
    title="Patients cannot be deleted, and no search can be started",
    finding="docker.exited",
    guide="therapy-matching/cascade-service-unavailable",
    visible_within_s=10,
    cause=_cause,
)
