"""A session has read something in a transaction and forgotten it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from psycopg import sql

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.drill import Drill, Fix, Place
from triage_tui.lab.sessions import holding

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    database, statement = dice.choice(
        (
            ("therapy_platform", sql.SQL("SELECT count(*) FROM searches")),
            ("revrx", sql.SQL("SELECT count(*) FROM encounters")),
            ("residency_scheduler", sql.SQL("SELECT count(*) FROM blocks")),
        )
    )
    async with AsyncExitStack() as open_sessions:
        for _ in range(dice.randint(1, 3)):
            session = await open_sessions.enter_async_context(
                holding(company, database, "metabase", statement)
            )
        pid = str(session.info.backend_pid)
        yield Place(
            target=DATABASE,
            subject=pid,
            by_hand="End the sessions, and set idle_in_transaction_session_timeout for the role.",
            fix=Fix("postgres.terminate", pid),
        )


DRILL = Drill(
    id="idle-in-transaction",
    title="Tables grow, and a migration would have to wait",
    finding="postgres.idle-in-transaction",
    guide="postgres/idle-in-transaction",
    visible_within_s=10,
    cause=_cause,
)
