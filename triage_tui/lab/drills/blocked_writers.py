"""Somebody has changed a row in psql and left for lunch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from psycopg import sql
from psycopg.abc import Query

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.drill import Drill, Fix, Place
from triage_tui.lab.sessions import going_on, holding

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company

_MIGRATION = sql.SQL("ALTER TABLE therapists ADD COLUMN IF NOT EXISTS note text")


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    row = dice.randint(1, 400)
    book = sql.SQL("UPDATE therapists SET places = places + 1 WHERE id = {}").format(row)
    who = dice.choice(("psql", "DBeaver"))
    async with holding(company, "therapy_platform", who, book) as root, AsyncExitStack() as open_sessions:

        async def wait_for_it(application: str, statement: Query) -> None:
            session = await open_sessions.enter_async_context(
                holding(company, "therapy_platform", application)
            )
            await session.execute(statement)
            await session.rollback()

        waiting = [wait_for_it("booking", book) for _ in range(dice.randint(3, 8))]
        if dice.random() < 0.5:
            waiting.append(wait_for_it("alembic", _MIGRATION))
        pid = str(root.info.backend_pid)
        async with going_on(*waiting):
            yield Place(
                target=DATABASE,
                subject=pid,
                by_hand=f"Have session {pid} ended by whoever left it; those behind it go on by themselves.",
                fix=Fix("postgres.terminate", pid),
            )


DRILL = Drill(
    id="blocked-writers",
    title="Bookings hang",
    finding="postgres.blocked-sessions",
    guide="postgres/blocked-sessions",
    visible_within_s=15,
    cause=_cause,
)
