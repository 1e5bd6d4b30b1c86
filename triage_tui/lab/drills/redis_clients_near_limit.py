"""A program opens a connection for each request and closes none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import REDIS as REDIS_TARGET
from triage_tui.lab.company.premises import LOOPBACK
from triage_tui.lab.drill import Drill, Place

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    name = dice.choice(("cron-mailer", "legacy-cache", "exporter"))
    address = (LOOPBACK, company.premises.ports["redis"])
    greeting = f"AUTH {company.premises.redis.password}\r\nCLIENT SETNAME {name}\r\n".encode()
    async with AsyncExitStack() as open_connections:
        for _ in range(dice.randint(160, 178)):
            _, writer = await asyncio.open_connection(*address)
            open_connections.callback(writer.close)
            writer.write(greeting)
        yield Place(
            target=REDIS_TARGET,
            subject="",
            by_hand=f"End the connections named {name} (CLIENT LIST, CLIENT KILL), and let the program share one.",
        )


DRILL = Drill(
    id="redis-clients-near-limit",
    title="Some connections to Redis are refused",
    finding="redis.clients-near-limit",
    guide="redis/clients-near-limit",
    visible_within_s=20,
    cause=_cause,
)
