"""Somebody's tool keeps dozens of connections open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from psycopg import AsyncConnection

from triage_tui.lab.company.configuration import DATABASE
from triage_tui.lab.drill import Drill, Fix, Place
from triage_tui.lab.sessions import going_on

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


LEFT = 4
"""Connections that are left to everybody. The services open and close a few all the time: with none left it would be
another drill, with many none at all."""

LOOK_S = 0.5

_FREE_AND_OURS = """
select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
     - coalesce(current_setting('reserved_connections', true), '0')::int - count(*),
       count(*) filter (where application_name = %s)
  from pg_stat_activity where backend_type = 'client backend'
"""


class _Tool:
    """Sessions that somebody's tool keeps open, counted by a superuser: others do not see what a backend is for."""

    def __init__(self, company: Company, application: str, superuser: AsyncConnection) -> None:
        self._company = company
        self._application = application
        self._superuser = superuser
        self._held: list[AsyncConnection] = []

    async def hold(self) -> bool:
        """Open or close one session after the other until so many are left. False: somebody has ended one of them, and
        whoever mends it is not to be worked against."""
        while True:
            free, ours = await self._counts()
            if ours < len(self._held):
                return False
            if free > LEFT:
                self._held.append(await self._company.session("revrx", self._application))
            elif free < LEFT and self._held:
                await self._held.pop().close()
            else:
                return True

    async def go_on(self) -> None:
        """While nobody ends one of them."""
        while True:
            await asyncio.sleep(LOOK_S)
            if not await self.hold():
                return

    async def close(self) -> None:
        """End them all."""
        for session in self._held:
            await session.close()

    async def _counts(self) -> tuple[int, int]:
        row = await (await self._superuser.execute(_FREE_AND_OURS, [self._application])).fetchone()
        return row if row is not None else (LEFT, 0)


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    application = dice.choice(("DBeaver", "pgAdmin 4", "metabase"))
    async with await company.superuser("revrx") as superuser:
        tool = _Tool(company, application, superuser)
        try:
            await tool.hold()
            async with going_on(tool.go_on()):
                yield Place(
                    target=DATABASE,
                    subject="",
                    by_hand=f"End the idle sessions of {application}, and give its role a CONNECTION LIMIT.",
                    fix=Fix("postgres.terminate-idle", application),
                )
        finally:
            await tool.close()


DRILL = Drill(
    id="connections-near-limit",
    title="Deployments fail now and then for want of connections",
    finding="postgres.connections-near-limit",
    guide="postgres/connections-near-limit",
    visible_within_s=15,
    cause=_cause,
)
