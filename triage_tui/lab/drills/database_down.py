"""The database is stopped, or was killed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.company.containers import POSTGRES
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    async with company.down(POSTGRES, dice):
        yield Place(
            target=DATABASE,
            subject="",
            by_hand=f"Start {POSTGRES}; services connect again by themselves.",
            fix=Fix("docker.start", POSTGRES),
        )


DRILL = Drill(
    id="database-down",
    title="Nothing works any more",
    finding="postgres.unreachable",
    guide="tradeengage/database-connection",
    visible_within_s=20,
    cause=_cause,
)
