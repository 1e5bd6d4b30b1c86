"""A job waits for an answer that never comes, and all others wait behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.company.containers import REVRX_WORKER
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, _dice: Random) -> AsyncIterator[Place]:
    await company.set_mood(comprehend_hangs=1)
    yield Place(
        target=REDIS_TARGET,
        subject="celery:encounters",
        by_hand=f"Restart {REVRX_WORKER}, and give its requests a time limit.",
        fix=Fix("docker.restart", REVRX_WORKER),
    )
    await company.set_mood(comprehend_hangs=0)
    await company.engine.restart(REVRX_WORKER)


DRILL = Drill(
    id="job-stuck",
    title="Encounters stay pending",
    finding="queue.stalled",
    guide="revrx/background-job-stuck",
    visible_within_s=60,
    cause=_cause,
)
