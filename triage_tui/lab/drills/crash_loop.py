"""A service was deployed with the port of another one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import RESIDENCY, REVRX
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service = dice.choice((REVRX, RESIDENCY))
    other = dice.choice(("gateway", "partner", "patient-service"))
    await company.change(service, env={"PORT": str(company.premises.ports[other])})
    yield Place(
        target=ENGINE,
        subject=service,
        by_hand=f"Give {service} a port of its own, and deploy it again.",
        # Of this system no guide treats of restarts: the one about the line in the log is the closest there is.
        guide="host/address-in-use" if service == RESIDENCY else "",
    )
    await company.restore(service)


DRILL = Drill(
    id="crash-loop",
    title="A service comes up and ends, again and again",
    finding="docker.restart-loop",
    guide="revrx/crash-loop",
    visible_within_s=30,
    cause=_cause,
)
