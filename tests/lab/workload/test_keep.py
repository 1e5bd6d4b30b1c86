"""An activity outlives its servers, and nothing hides a mistake of ours."""

from __future__ import annotations

import asyncio
import contextlib

import psycopg
import pytest
import redis

from triage_tui.lab.workload.database import Urls
from triage_tui.lab.workload.jam import Checkout
from triage_tui.lab.workload.keep import keep


async def test_failures_of_servers_start_it_anew() -> None:
    failures: list[Exception] = [
        psycopg.OperationalError("the connection is lost"),
        redis.ConnectionError("connection refused"),
        ConnectionResetError(),
        ExceptionGroup("of a task group", [psycopg.errors.AdminShutdown("terminated"), OSError()]),
    ]
    went_on = asyncio.Event()

    async def activity() -> None:
        if failures:
            raise failures.pop(0)
        went_on.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keep(activity, pause_s=0))
    await asyncio.wait_for(went_on.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_bug_is_not_hidden() -> None:
    async def activity() -> None:
        raise ValueError("ours")

    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.TaskGroup() as activities:
            activities.create_task(keep(activity, pause_s=0))
    assert raised.group_contains(ValueError, match="ours")


@pytest.mark.postgres
async def test_a_jam_whose_waiter_was_terminated_builds_up_again(shop_database: Urls) -> None:
    checkout = Checkout()
    roots = (
        "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%%reserved%%'"
    )
    waiters = "SELECT pid FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
    task = asyncio.create_task(keep(lambda: checkout.jam(shop_database.shop, hold_s=300), pause_s=0))
    try:
        async with (
            asyncio.timeout(60),
            await psycopg.AsyncConnection.connect(shop_database.watcher, autocommit=True) as watcher,
        ):
            first = await _until_found(watcher, roots, [])
            waiter = await _until_found(watcher, waiters, [first])
            await watcher.execute("SELECT pg_terminate_backend(%s)", [waiter])
            await _until_found(watcher, roots + " AND pid <> %s", [first])
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _until_found(watcher: psycopg.AsyncConnection, query: str, values: list[object]) -> int:
    while (found := await (await watcher.execute(query.encode(), values)).fetchone()) is None:
        await asyncio.sleep(0.05)
    return int(found[0])
