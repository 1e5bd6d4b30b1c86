"""The directory delivers no files any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import IMPORTS
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, _dice: Random) -> AsyncIterator[Place]:
    await company.set_mood(deliveries=0)
    yield Place(
        target=IMPORTS,
        subject="",
        by_hand="Ask the directory why it delivers nothing; the importer itself is well.",
    )
    await company.set_mood(deliveries=1)


DRILL = Drill(
    id="import-stale",
    title="New therapists do not appear on the platform",
    finding="files.stale",
    guide="therapy-matching/import-monitor",
    visible_within_s=45,
    cause=_cause,
)
