"""The shop's incident is the one that its docstring draws, in a real server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest

from triage_tui.lab.workload.database import Urls
from triage_tui.lab.workload.jam import Checkout

pytestmark = pytest.mark.postgres

_SESSIONS = """
SELECT pid, application_name, state, pg_blocking_pids(pid), query
FROM pg_stat_activity WHERE application_name LIKE 'shop-%' ORDER BY pid
"""
Session = tuple[int, str, str, list[int], str]


@asynccontextmanager
async def _jammed(url: str, checkout: Checkout, *, hold_s: float, calm_s: float) -> AsyncIterator[None]:
    task = asyncio.create_task(checkout.jam(url, hold_s=hold_s, calm_s=calm_s))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _sessions_when(url: str, ready: Callable[[list[Session]], bool]) -> list[Session]:
    """The shop's sessions as soon as they satisfy a condition."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as watcher:
        rows: list[Session] = []
        try:
            async with asyncio.timeout(60):
                while not ready(rows):
                    await asyncio.sleep(0.05)
                    rows = await (await watcher.execute(_SESSIONS)).fetchall()
        except TimeoutError:
            pytest.fail(f"the queue never became what it should be; last seen: {rows}")
        return rows


async def test_the_queue_has_one_root_three_levels_and_a_reader_behind_ddl(shop_database: Urls) -> None:
    async with _jammed(shop_database.shop, Checkout(), hold_s=300, calm_s=1):
        rows = await _sessions_when(
            shop_database.watcher, lambda rows: sum(bool(blockers) for *_, blockers, _ in rows) == 6
        )
    part = {pid: name for pid, name, *_ in rows}
    blockers = {pid: set(blocking) for pid, _, _, blocking, _ in rows}
    (root,) = (pid for pid, blocking in blockers.items() if not blocking)
    assert part[root] == "shop-checkout"
    assert next(state for pid, _, state, *_ in rows if pid == root) == "idle in transaction"
    (first,) = (pid for pid in part if part[pid] == "shop-checkout" and blockers[pid] == {root})
    restocks = [pid for pid in part if part[pid] == "shop-restock"]
    assert sorted(blockers[pid] == {first} for pid in restocks) == [False, True]
    behind = next(pid for pid in restocks if blockers[pid] == {first})
    assert blockers[next(pid for pid in restocks if pid != behind)] == {behind}
    (ddl,) = (pid for pid in part if part[pid] == "shop-migrate")
    assert {root, first, *restocks} <= blockers[ddl]
    (reader,) = (pid for pid in part if part[pid] == "shop-web")
    assert blockers[reader] == {ddl}


async def test_it_lets_go_and_comes_back_with_nothing_changed(shop_database: Urls) -> None:
    def root(rows: list[Session]) -> int | None:
        return next((pid for pid, _, state, *_ in rows if state == "idle in transaction"), None)

    checkout = Checkout()
    async with _jammed(shop_database.shop, checkout, hold_s=0.2, calm_s=0.1):
        first = root(await _sessions_when(shop_database.watcher, lambda rows: root(rows) is not None))
        await _sessions_when(shop_database.watcher, lambda rows: root(rows) not in (None, first))
    async with await psycopg.AsyncConnection.connect(shop_database.shop) as shop:
        stock = await (await shop.execute("SELECT sku, reserved FROM stock ORDER BY sku")).fetchall()
    assert stock == [("cap", 0), ("mug", 0), ("poster", 0), ("shirt", 0)]
    assert checkout.waits_s == 0


async def test_the_watching_role_sees_every_statement_and_may_not_write(shop_database: Urls) -> None:
    async with _jammed(shop_database.shop, Checkout(), hold_s=300, calm_s=1):
        rows = await _sessions_when(
            shop_database.watcher, lambda rows: any("ALTER TABLE" in query for *_, query in rows)
        )
    assert "<insufficient privilege>" not in {query for *_, query in rows}
    async with await psycopg.AsyncConnection.connect(shop_database.watcher) as watcher:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await watcher.execute("DELETE FROM orders")
