"""Somebody has switched on the logging of whole payloads."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import REVRX_WORKER
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    await company.change(
        REVRX_WORKER, env={"LOG_PAYLOADS": "1"}, image=f"revrx/backend:1.9.{dice.randint(4, 9)}"
    )
    yield Place(
        target=ENGINE,
        subject=REVRX_WORKER,
        by_hand="Take LOG_PAYLOADS back, deploy the worker again, and have the logs of the meantime deleted.",
    )
    await company.restore(REVRX_WORKER)


DRILL = Drill(
    id="personal-data-in-logs",
    title="An audit asks who reads the logs",
    finding="logs.sensitive-data",
    guide="revrx/phi-in-logs",
    visible_within_s=30,
    cause=_cause,
)
