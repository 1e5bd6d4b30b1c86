"""The geocoder that every search asks takes seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    await company.set_mood(geocoder_delay_s=round(dice.uniform(1.5, 2.8), 1))
    yield Place(
        target="matching",
        subject="",
        by_hand="Ask those who run the geocoder; meanwhile let searches go on without a distance.",
    )
    await company.set_mood(geocoder_delay_s=0)


DRILL = Drill(
    id="slow-dependency",
    title="Searches time out now and then",
    finding="http.slow",
    guide="therapy-matching/cross-service-timeout",
    visible_within_s=25,
    cause=_cause,
)
