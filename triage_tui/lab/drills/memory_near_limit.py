"""A service was given a limit that it barely stays below."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import MATCHING, MIB, PATIENTS, RESIDENCY, REVRX
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service = dice.choice((PATIENTS, MATCHING, REVRX, RESIDENCY))
    run = company.container(service).run
    used = run.memory() if run is not None else 40 * MIB
    await company.change(service, memory_limit_bytes=round(used * dice.uniform(1.06, 1.12)))
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Give {service} the memory that it needs, with room for a rush.",
    )
    await company.restore(service)


DRILL = Drill(
    id="memory-near-limit",
    title="A service might be killed at the next rush",
    finding="docker.memory-near-limit",
    guide="docker/memory-near-limit",
    visible_within_s=25,
    cause=_cause,
)
