"""An image was built without a module that the service needs."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import THERAPISTS
from triage_tui.lab.company.images import install_postcodes, postcodes_module
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    module = postcodes_module(company.premises.images)
    # With what Python has compiled of it.
    shutil.rmtree(module.parent)
    await company.change(THERAPISTS, image=f"therapy/therapist-service:2.4.{dice.randint(1, 9)}")
    yield Place(
        target=ENGINE,
        subject=THERAPISTS,
        by_hand=f"Put the module into the image's requirements, build it, and deploy {THERAPISTS} again.",
    )
    install_postcodes(company.premises.images)
    await company.restore(THERAPISTS)


DRILL = Drill(
    id="dependency-missing",
    title="The therapist service does not come up after a deployment",
    finding="docker.restart-loop",
    guide="therapy-matching/missing-dependency",
    visible_within_s=30,
    cause=_cause,
)
