"""A Celery worker is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.company.containers import REVRX_WORKER, SYNC_WORKER
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    worker, queue = dice.choice(((SYNC_WORKER, "sync"), (REVRX_WORKER, "encounters")))
    async with company.down(worker, dice):
        yield Place(
            target=REDIS_TARGET,
            subject=f"celery:{queue}",
            by_hand=f"Start {worker}.",
            fix=Fix("docker.start", worker),
            # That team has an entry of its own for its worker.
            guide="revrx/background-job-stuck" if worker == REVRX_WORKER else "",
        )


DRILL = Drill(
    id="worker-down",
    title="Jobs are accepted and never done",
    finding="queue.no-workers",
    guide="tradeengage/celery-worker-down",
    visible_within_s=30,
    cause=_cause,
)
