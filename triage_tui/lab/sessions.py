"""Sessions that somebody keeps open in the company's servers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import psycopg
from psycopg import AsyncConnection
from psycopg.abc import Query

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def holding(
    company: Company, database: str, application: str, *statements: Query
) -> AsyncIterator[AsyncConnection]:
    """A session that has run these statements in a transaction which it does not end.

    A statement that fails leaves the transaction as it is. On leaving the session is closed, whatever has become of it.
    """
    connection = await company.session(database, application, autocommit=False)
    try:
        for statement in statements:
            with contextlib.suppress(psycopg.DatabaseError):
                await connection.execute(statement)
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def going_on(*activities: Awaitable[object]) -> AsyncIterator[None]:
    """Activities in the background; one that ends by itself, in whatever way, is left at that."""
    tasks = [asyncio.ensure_future(activity) for activity in activities]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
