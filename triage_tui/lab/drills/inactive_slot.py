"""A replication slot is left of a standby that is gone."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

import psycopg

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    slot = dice.choice(("standby_2", "analytics", "old_primary")) + f"_{dice.randint(1, 99)}"
    async with await company.superuser("postgres") as session:
        await session.execute("SELECT pg_create_physical_replication_slot(%s, true)", [slot])
    yield Place(
        target=DATABASE,
        subject=slot,
        by_hand=f"Drop it where nobody will come back for it: SELECT pg_drop_replication_slot('{slot}').",
    )
    async with await company.superuser("postgres") as session:
        with contextlib.suppress(psycopg.errors.UndefinedObject):
            await session.execute("SELECT pg_drop_replication_slot(%s)", [slot])


DRILL = Drill(
    id="inactive-slot",
    title="The disk of the database fills slowly",
    finding="postgres.inactive-slot",
    guide="postgres/inactive-slot",
    visible_within_s=20,
    cause=_cause,
)
