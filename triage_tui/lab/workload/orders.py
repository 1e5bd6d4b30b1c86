"""Everyday life in the database: a pool that breathes, and sessions that somebody forgot."""

from __future__ import annotations

import asyncio
import math
import random
import time
from typing import NoReturn

import psycopg

from triage_tui.lab.workload.database import connect

POOL_LEAST = 4
POOL_MOST = 10
POOL_PERIOD_S = 60.0
"""The pool grows and shrinks once in this time, so that the bar of connections moves while one watches."""

KEPT_ORDERS = 5000
"""Older ones are deleted: a demo that runs all day must not fill a disk."""


def wanted_connections(at_s: float) -> int:
    """How many connections the pool wants at a time: a sine between its bounds."""
    share = (1 - math.cos(2 * math.pi * at_s / POOL_PERIOD_S)) / 2
    return POOL_LEAST + round(share * (POOL_MOST - POOL_LEAST))


async def serve_shoppers(url: str, place: int) -> None:
    """One connection of the pool: open while the pool wants that many, placing an order about twice a
    second; it returns when, or while, the pool has no need of it.

    place: its position in the pool, from 0.
    """
    if wanted_connections(time.monotonic()) <= place:
        return
    async with await connect(url, "shop-web") as session:
        while wanted_connections(time.monotonic()) > place:
            async with session.transaction():
                customer = random.randint(1, 200)
                await session.execute("SELECT name FROM customers WHERE id = %s", [customer])
                await session.execute(
                    "INSERT INTO orders (customer_id, total_cents) VALUES (%s, %s)",
                    [customer, random.randint(500, 9000)],
                )
            await asyncio.sleep(random.uniform(0.3, 0.9))


async def report(url: str, *, lasts_s: float = 8.0, every_s: float = 20.0) -> NoReturn:
    """A report that takes its time, again and again, and tidies up after the shoppers."""
    async with await connect(url, "shop-report") as session:
        while True:
            await session.execute(
                "SELECT date_trunc('hour', placed_at) AS hour, sum(total_cents) AS cents "
                "FROM orders, pg_sleep(%s) GROUP BY hour ORDER BY hour",
                [lasts_s],
            )
            await session.execute(
                "DELETE FROM orders WHERE id <= (SELECT max(id) FROM orders) - %s", [KEPT_ORDERS]
            )
            await asyncio.sleep(every_s - lasts_s)


async def forget_to_commit(url: str, *, lasts_s: float = 120.0) -> NoReturn:
    """A worker that reads in a transaction and then talks to somebody else: idle in transaction."""
    async with await connect(url, "shop-worker") as session:
        while True:
            async with session.transaction():
                await session.execute("SELECT id, total_cents FROM orders ORDER BY id LIMIT 50")
                await asyncio.sleep(lasts_s)


async def ignore_an_error(url: str, *, lasts_s: float = 45.0) -> NoReturn:
    """An import whose row was refused and that neither rolls back nor ends: idle in transaction (aborted)."""
    async with await connect(url, "shop-import") as session:
        while True:
            await session.execute("BEGIN")
            try:
                await session.execute("INSERT INTO orders (customer_id, total_cents) VALUES (1, -1)")
            except psycopg.errors.CheckViolation:
                await asyncio.sleep(lasts_s)
            await session.execute("ROLLBACK")
            await asyncio.sleep(5.0)
