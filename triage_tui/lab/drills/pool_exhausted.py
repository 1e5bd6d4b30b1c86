"""A service was deployed with a pool that takes every connection there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.company.containers import MATCHING, PATIENTS, RESIDENCY, REVRX
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    service = dice.choice((REVRX, PATIENTS, MATCHING, RESIDENCY))
    await company.change(service, env={"POOL_MIN_SIZE": str(dice.randint(60, 90))})
    yield Place(
        target=DATABASE,
        subject="",
        by_hand=f"Lower POOL_MIN_SIZE of {service}, and deploy it again: the server has not got that many.",
    )
    await company.restore(service)


DRILL = Drill(
    id="pool-exhausted",
    title="Services complain that they get no connection",
    finding="postgres.connections-exhausted",
    guide="revrx/connection-pool-exhausted",
    visible_within_s=30,
    cause=_cause,
)
