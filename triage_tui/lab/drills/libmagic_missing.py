"""An image was built from a cached layer, without libmagic."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import RESIDENCY
from triage_tui.lab.company.images import install_libmagic, libmagic
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    libmagic(company.premises.images).unlink()
    await company.change(RESIDENCY, image=f"residency/backend:local-{dice.randint(2, 9)}")
    yield Place(
        target=ENGINE,
        subject=RESIDENCY,
        by_hand="Build the image without its cache, from the Dockerfile that this stack uses.",
    )
    install_libmagic(company.premises.images)
    await company.restore(RESIDENCY)


DRILL = Drill(
    id="libmagic-missing",
    title="The scheduler does not come up after a rebuild",
    finding="docker.restart-loop",
    guide="residency-scheduler/cached-build-layer",
    visible_within_s=30,
    cause=_cause,
)
