"""A pool of connections to PostgreSQL, as every service has one."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Never

import psycopg
from psycopg import AsyncConnection

from triage_tui.lab.company.services.program import log

_WAIT_S = 2.0
_RETRY_S = 2.0
_CONNECT_S = 3


class PoolError(Exception):
    """No connection could be had."""


class Pool:
    """At most `size` connections; `least` of them are opened at once and kept, whatever the server makes of it."""

    def __init__(self, url: str, application: str, *, size: int = 3, least: int = 1) -> None:
        self._url = url
        self._application = application
        self._size = max(size, least)
        self._least = least
        self._free: list[AsyncConnection] = []
        self._slots = asyncio.Semaphore(self._size)
        self._last_complaint = 0.0

    async def keep_filled(self) -> None:
        """Open what has to be open, again and again, until cancelled."""
        kept: list[AsyncConnection] = []
        while True:
            kept = [connection for connection in kept if not connection.closed]
            self._free = [connection for connection in self._free if not connection.closed]
            missing = self._least - len(kept)
            with contextlib.suppress(PoolError):
                for _ in range(missing):
                    connection = await self._open()
                    kept.append(connection)
                    self._free.append(connection)
            await asyncio.sleep(_RETRY_S)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """One connection for one piece of work, in autocommit. Raises PoolError where there is none."""
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._slots.acquire()
        except TimeoutError:
            self._complain(f"Cannot acquire connection from pool (size {self._size}, waited {_WAIT_S:g} s)")
        try:
            connection = self._free.pop() if self._free else await self._open()
            try:
                yield connection
            except psycopg.OperationalError:
                await connection.close()
                raise
            finally:
                if not connection.closed:
                    self._free.append(connection)
        finally:
            self._slots.release()

    async def works(self) -> str | None:
        """Why the database cannot be used; None where it can."""
        try:
            async with asyncio.timeout(_WAIT_S), self.connection() as connection:
                await connection.execute("SELECT 1")
        except TimeoutError:
            return f"no answer within {_WAIT_S:g} s"
        except (PoolError, psycopg.Error) as error:
            return " ".join(str(error).split())
        return None

    async def _open(self) -> AsyncConnection:
        try:
            # Poolers that share connections by the transaction know no prepared statements.
            return await AsyncConnection.connect(
                self._url,
                application_name=self._application,
                autocommit=True,
                connect_timeout=_CONNECT_S,
                prepare_threshold=None,
            )
        except psycopg.Error as error:
            self._complain(f"Could not connect to database: {' '.join(str(error).split())}")

    def _complain(self, message: str) -> Never:
        # Once a second is often enough for a log that somebody reads.
        if time.monotonic() - self._last_complaint > 1.0:
            self._last_complaint = time.monotonic()
            log.error("%s", message)
        raise PoolError(message)
