"""The shop's recurring incident: one checkout holds a row, and everybody queues behind it."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import LiteralString, NoReturn

from psycopg import AsyncConnection

from triage_tui.lab.workload.database import connect

HOLD_S = 40.0
CALM_S = 12.0
STUCK_S = 15.0
"""The shop calls itself unhealthy when a checkout has waited this long."""

_STEP_S = 0.25
_RESERVE = "UPDATE stock SET reserved = reserved + 1 WHERE sku = %s"
_MIGRATION = "ALTER TABLE stock ADD COLUMN note text"
_READ = "SELECT sku, on_hand - reserved FROM stock ORDER BY sku"


class Checkout:
    """What the shop itself knows about its checkouts."""

    def __init__(self) -> None:
        self._stuck_since: float | None = None

    @property
    def waits_s(self) -> float:
        """Seconds that the oldest checkout has waited; 0 while none waits."""
        return time.monotonic() - self._stuck_since if self._stuck_since is not None else 0.0

    async def jam(self, url: str, *, hold_s: float = HOLD_S, calm_s: float = CALM_S) -> NoReturn:
        """Build the queue, hold it, let it go, again and again.

        checkout  holds `mug`, idle in transaction                                   the root
        ├── checkout  holds `shirt`, waits for `mug`
        │   ├── checkout  waits for `mug` behind it
        │   └── restock   waits for `shirt`
        │       └── restock   waits for `shirt` behind it
        └── migrate  wants the whole table                                           queued DDL
            └── web  only wants to read, and stands behind the DDL
        """
        while True:
            try:
                await self._once(url, hold_s)
            finally:
                self._stuck_since = None
            await asyncio.sleep(calm_s)

    async def _once(self, url: str, hold_s: float) -> None:
        async with AsyncExitStack() as open_sessions:
            root, first, second, third, fourth, migration, reader = [
                await open_sessions.enter_async_context(await connect(url, part, autocommit=False))
                for part in (
                    *("shop-checkout", "shop-checkout", "shop-checkout"),
                    *("shop-restock", "shop-restock"),
                    *("shop-migrate", "shop-web"),
                )
            ]
            await root.execute(_RESERVE, ["mug"])
            await first.execute(_RESERVE, ["shirt"])
            self._stuck_since = time.monotonic()
            async with asyncio.TaskGroup() as waiting:
                for session, statement, values in (
                    (first, _RESERVE, ["mug"]),
                    (second, _RESERVE, ["mug"]),
                    (third, _RESERVE, ["shirt"]),
                    (fourth, _RESERVE, ["shirt"]),
                    (migration, _MIGRATION, None),
                    (reader, _READ, None),
                ):
                    waiting.create_task(_wait_and_undo(session, statement, values))
                    await asyncio.sleep(_STEP_S)
                await asyncio.sleep(hold_s)
                await root.rollback()


async def _wait_and_undo(
    session: AsyncConnection, statement: LiteralString, values: list[str] | None
) -> None:
    """Run a statement that has to wait, and take back what it did, so that the next round starts as this one."""
    await session.execute(statement, values)
    await session.rollback()
