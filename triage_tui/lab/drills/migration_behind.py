"""The code is newer than the tables."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING, LiteralString

import psycopg

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.company.images import BEFORE, HEADS
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company

_STACKS: tuple[tuple[str, str, LiteralString, LiteralString], ...] = (
    (
        "therapy_platform",
        "therapy",
        "ALTER TABLE searches RENAME COLUMN status TO state",
        "ALTER TABLE searches RENAME COLUMN state TO status",
    ),
    (
        "residency_scheduler",
        "residency",
        "ALTER TABLE blocks RENAME COLUMN rotation TO rotation_name",
        "ALTER TABLE blocks RENAME COLUMN rotation_name TO rotation",
    ),
)
"""Database, stack, what takes its newest migration back, and what that migration does."""


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    database, stack, undo, redo = dice.choice(_STACKS)
    async with await company.session(database, "alembic") as session:
        await session.execute(undo)
        await session.execute("UPDATE alembic_version SET version_num = %s", [BEFORE[stack]])
    yield Place(
        target=DATABASE,
        subject=database,
        by_hand=f"Run the migrations of {stack} (alembic upgrade head): the database is one behind.",
    )
    async with await company.session(database, "alembic") as session:
        # Somebody may have done it by hand.
        with contextlib.suppress(psycopg.errors.UndefinedColumn):
            await session.execute(redo)
        await session.execute("UPDATE alembic_version SET version_num = %s", [HEADS[stack]])


DRILL = Drill(
    id="migration-behind",
    title="Errors after a deployment",
    finding="postgres.migration-behind",
    guide="postgres/migration-behind",
    visible_within_s=20,
    cause=_cause,
)
