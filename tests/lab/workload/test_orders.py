"""The shop's everyday sessions, in a real server."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from triage_tui.lab.workload import orders
from triage_tui.lab.workload.database import Urls
from triage_tui.lab.workload.keep import keep

PATIENCE_S = 30
"""A bound for the test's own patience; what it waits for takes a fraction of a second."""


def test_the_pool_breathes_between_its_bounds() -> None:
    wanted = [orders.wanted_connections(at) for at in range(int(2 * orders.POOL_PERIOD_S))]
    assert min(wanted) == orders.POOL_LEAST
    assert max(wanted) == orders.POOL_MOST
    assert wanted[0] == wanted[int(orders.POOL_PERIOD_S)]


@pytest.mark.postgres
async def test_shoppers_order_and_forgotten_sessions_stay(shop_database: Urls) -> None:
    wanted = {
        ("shop-import", "idle in transaction (aborted)"),
        ("shop-report", "active"),
        ("shop-web", "idle"),
        ("shop-worker", "idle in transaction"),
    }
    activities = (
        lambda: orders.serve_shoppers(shop_database.shop, 0),
        lambda: orders.report(shop_database.shop),
        lambda: orders.forget_to_commit(shop_database.shop),
        lambda: orders.ignore_an_error(shop_database.shop),
    )
    seen: set[tuple[str, str]] = set()
    async with await psycopg.AsyncConnection.connect(shop_database.watcher, autocommit=True) as watcher:
        before = await _orders_placed(watcher)
        tasks = [asyncio.create_task(keep(activity)) for activity in activities]
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not wanted <= seen or await _orders_placed(watcher) == before:
                    await asyncio.sleep(0.05)
                    answer = await watcher.execute(
                        "SELECT application_name, state FROM pg_stat_activity WHERE usename = 'shop'"
                    )
                    seen |= set(await answer.fetchall())
        except TimeoutError:
            pytest.fail(f"the shop did not come to life; missing: {sorted(wanted - seen)}")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _orders_placed(watcher: psycopg.AsyncConnection) -> int:
    answer = await watcher.execute("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'orders'")
    found = await answer.fetchone()
    assert found is not None
    return int(found[0])
