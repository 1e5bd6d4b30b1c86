"""Somebody's tool keeps dozens of connections open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.drill import Drill, Fix, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    application = dice.choice(("DBeaver", "pgAdmin 4", "metabase"))
    async with AsyncExitStack() as open_sessions:
        for _ in range(dice.randint(36, 38)):
            session = await company.session("revrx", application)
            open_sessions.push_async_callback(session.close)
        yield Place(
            target=DATABASE,
            subject="",
            by_hand=f"End the idle sessions of {application}, and give its role a CONNECTION LIMIT.",
            fix=Fix("postgres.terminate-idle", application),
        )


DRILL = Drill(
    id="connections-near-limit",
    title="Deployments fail now and then for want of connections",
    finding="postgres.connections-near-limit",
    guide="postgres/connections-near-limit",
    visible_within_s=15,
    cause=_cause,
)
