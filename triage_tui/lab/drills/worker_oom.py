"""A worker keeps every page that it has rendered."""

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
        REVRX_WORKER, env={"PREVIEW_KB": str(dice.randint(8_000, 16_000)), "PREVIEWS_KEPT": "1000000"}
    )
    yield Place(
        target=ENGINE,
        subject=REVRX_WORKER,
        by_hand="Bound what the worker keeps (PREVIEWS_KEPT); more memory only puts the end off.",
    )
    await company.restore(REVRX_WORKER)


DRILL = Drill(
    id="worker-oom",
    title="Jobs are lost now and then",
    finding="docker.oom-killed",
    guide="revrx/memory-oomkilled",
    visible_within_s=90,
    cause=_cause,
)
