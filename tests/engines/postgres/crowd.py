"""Clients that hold locks and wait for them, and that all go home when the test ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection

T = TypeVar("T")

PATIENCE_S = 30.0


async def until(read: Callable[[], Awaitable[T]], wanted: Callable[[T], bool], what: str) -> T:
    """Read again and again until it is as wanted; AssertionError with what came last when the time is up."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not wanted(value := await read()):
        assert time.monotonic() < give_up_at, f"{what}: still {value!r}"
        await asyncio.sleep(0.02)
    return value


class Crowd:
    """Clients of one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._admin: AsyncConnection[Any] | None = None
        self._clients: list[AsyncConnection[Any]] = []
        self._tasks: list[asyncio.Task[Any]] = []

    async def __aenter__(self) -> Crowd:
        self._admin = await AsyncConnection.connect(self.url, autocommit=True, application_name="crowd-admin")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._admin is not None
        pids = [client.info.backend_pid for client in self._clients if not client.closed]
        try:
            # A test that took the server down has sent everybody home already.
            if not await self._server_is_gone():
                await self._admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS t (pid)", [pids]
                )
                # Gone from the server, or the next test would still find their locks.
                await until(lambda: self.count(pids), lambda left: left == 0, "clients that were sent home")
        finally:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for client in self._clients:
                await client.close()
            await self._admin.close()

    async def dismiss(self, where: str) -> None:
        """Send the sessions home that a condition on pg_stat_activity names, and wait until they are gone."""
        await self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {where}")
        await until(
            lambda: self.run(f"SELECT pid FROM pg_stat_activity WHERE {where}"),
            lambda rows: not rows,
            f"sessions where {where}",
        )

    async def _server_is_gone(self) -> bool:
        try:
            await self.run("SELECT 1")
        except psycopg.OperationalError:
            return True
        return False

    async def run(self, statement: str, parameters: Any = None) -> list[Any]:
        """Run a statement as the superuser and commit it; its rows."""
        assert self._admin is not None
        cursor = await self._admin.execute(statement, parameters)  # type: ignore[arg-type]
        return await cursor.fetchall() if cursor.description else []

    async def count(self, pids: list[int]) -> int:
        """How many of these processes are there."""
        (row,) = await self.run("SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (%s)", [pids])
        return int(row[0])

    async def client(
        self, *statements: str, url: str | None = None, **parameters: Any
    ) -> AsyncConnection[Any]:
        """A new client in a transaction, after these statements."""
        client = await AsyncConnection.connect(url or self.url, **parameters)
        self._clients.append(client)
        for statement in statements:
            await client.execute(statement)  # type: ignore[arg-type]
        return client

    async def fill(self, url: str | None = None) -> None:
        """Take all connections that the server gives."""
        while True:
            try:
                await self.client(url=url)
            except psycopg.OperationalError:
                return

    async def waiting(self, client: AsyncConnection[Any], statement: str) -> asyncio.Task[Any]:
        """Let the client run a statement that has to wait for a lock, and return when it waits."""
        task = asyncio.create_task(_quietly(client, statement))
        self._tasks.append(task)
        pid = client.info.backend_pid

        async def waits() -> bool:
            rows = await self.run("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [pid])
            assert not task.done(), f"{statement} did not wait: {task.result()}"
            return bool(rows)

        await until(waits, bool, f"{statement} to wait")
        return task


async def _quietly(client: AsyncConnection[Any], statement: str) -> object:
    try:
        return await client.execute(statement)  # type: ignore[arg-type]
    except psycopg.Error as error:
        return error
