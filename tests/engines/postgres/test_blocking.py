"""Who blocks whom, on every version that is here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.engines.postgres.conftest import OpenSource, look
from tests.engines.postgres.crowd import Crowd
from triage_tui.model.postgres import Blocking

pytestmark = pytest.mark.postgres


@pytest.fixture
async def shop(any_crowd: Crowd) -> AsyncIterator[Crowd]:
    """A server with a table of three rows."""
    await any_crowd.run("CREATE TABLE stock (id int PRIMARY KEY, n int)")
    await any_crowd.run("INSERT INTO stock VALUES (1, 0), (2, 0), (3, 0)")
    yield any_crowd
    await any_crowd.run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = 'stock'::regclass")
    await any_crowd.run("DROP TABLE stock")


def pid(client: object) -> int:
    return client.info.backend_pid  # type: ignore[attr-defined, no-any-return]


def outline(blocking: tuple[Blocking, ...]) -> list[tuple[int, int, int | None, int]]:
    return [(line.pid, line.depth, line.waits_for, line.victims) for line in blocking]


async def test_nobody_waits(shop: Crowd, open_source: OpenSource) -> None:
    await shop.client("UPDATE stock SET n = 1 WHERE id = 1")
    data = await look(open_source(shop.url))
    assert data.blocking == ()
    assert all(session.blocked_by == () for session in data.sessions)


async def test_chain_of_row_locks(shop: Crowd, open_source: OpenSource) -> None:
    first = await shop.client("UPDATE stock SET n = 1 WHERE id = 1")
    second = await shop.client("UPDATE stock SET n = 1 WHERE id = 2")
    third = await shop.client()
    await shop.waiting(second, "UPDATE stock SET n = 2 WHERE id = 1")
    await shop.waiting(third, "UPDATE stock SET n = 3 WHERE id = 2")

    data = await look(open_source(shop.url))

    assert outline(data.blocking) == [
        (pid(first), 0, None, 2),
        (pid(second), 1, pid(first), 1),
        (pid(third), 2, pid(second), 0),
    ]
    root, *waiting = data.blocking
    assert root.mode is None
    assert root.wait_s is None
    assert [line.mode for line in waiting] == ["ShareLock", "ShareLock"]
    assert [line.relation for line in waiting] == ["public.stock", "public.stock"]
    assert all(line.wait_s is not None and 0 <= line.wait_s < 60 for line in waiting)
    assert not any(line.cycle for line in data.blocking)
    blocked_by = {session.pid: session.blocked_by for session in data.sessions}
    assert blocked_by[pid(second)] == (pid(first),)
    assert blocked_by[pid(first)] == ()


async def test_queued_ddl_blocks_readers(shop: Crowd, open_source: OpenSource) -> None:
    """The reader waits behind a statement that has no lock yet: joins of pg_locks with itself do not find it."""
    reader = await shop.client("SELECT * FROM stock")
    ddl = await shop.client()
    late = await shop.client()
    await shop.waiting(ddl, "ALTER TABLE stock ADD COLUMN more int")
    await shop.waiting(late, "SELECT * FROM stock")

    data = await look(open_source(shop.url))

    assert outline(data.blocking) == [
        (pid(reader), 0, None, 2),
        (pid(ddl), 1, pid(reader), 1),
        (pid(late), 2, pid(ddl), 0),
    ]
    assert [line.mode for line in data.blocking] == [None, "AccessExclusiveLock", "AccessShareLock"]
    assert {line.relation for line in data.blocking} == {None, "public.stock"}


async def test_several_blockers(shop: Crowd, open_source: OpenSource) -> None:
    """Both readers hold up the DDL: both are roots, the DDL is drawn once, and its session names both."""
    readers = [await shop.client("SELECT * FROM stock") for _ in range(2)]
    ddl = await shop.client()
    await shop.waiting(ddl, "ALTER TABLE stock ADD COLUMN more int")

    data = await look(open_source(shop.url))

    assert {line.pid: line.victims for line in data.blocking if line.depth == 0} == {
        pid(r): 1 for r in readers
    }
    assert [line.pid for line in data.blocking if line.depth == 1] == [pid(ddl)]
    session = next(s for s in data.sessions if s.pid == pid(ddl))
    assert set(session.blocked_by) == {pid(r) for r in readers}


async def test_eighty_waiters_on_one_row(shop: Crowd, open_source: OpenSource) -> None:
    root = await shop.client("UPDATE stock SET n = 1 WHERE id = 1")
    waiters = await asyncio.gather(*(shop.client() for _ in range(80)))
    for waiter in waiters:
        await shop.waiting(waiter, "UPDATE stock SET n = n + 1 WHERE id = 1")

    data = await look(open_source(shop.url))

    assert len(data.blocking) == 81
    assert data.blocking[0].pid == pid(root)
    assert data.blocking[0].victims == 80
    assert {line.pid for line in data.blocking[1:]} == {pid(waiter) for waiter in waiters}
    # It fits a screen: the first in the queue below the root, the others side by side.
    assert max(line.depth for line in data.blocking) == 2
    assert {line.relation for line in data.blocking[1:]} == {"public.stock"}


async def test_prepared_transaction_as_root(shop: Crowd, open_source: OpenSource) -> None:
    """It has no session: pg_blocking_pids says 0. Which of two it is follows from the lock that is waited for."""
    for number, gid in ((1, "order-1"), (2, "order 2 ☠")):
        client = await shop.client(f"UPDATE stock SET n = 1 WHERE id = {number}")
        await client.execute(f"PREPARE TRANSACTION '{gid}'")  # type: ignore[call-overload]
    try:
        waiter = await shop.client()
        await shop.waiting(waiter, "UPDATE stock SET n = 2 WHERE id = 2")
        data = await look(open_source(shop.url))
    finally:
        await shop.run("ROLLBACK PREPARED 'order-1'")
        await shop.run("ROLLBACK PREPARED 'order 2 ☠'")

    assert outline(data.blocking) == [(0, 0, None, 1), (pid(waiter), 1, 0, 0)]
    assert data.blocking[0].prepared == "order 2 ☠"
    assert data.prepared is not None
    assert [p.gid for p in data.prepared] == ["order-1", "order 2 ☠"]
    assert {(p.database, p.owner) for p in data.prepared} == {("postgres", "postgres")}
    assert all(p.age_s is not None and p.age_s >= 0 for p in data.prepared)
    assert next(s for s in data.sessions if s.pid == pid(waiter)).blocked_by == (0,)


async def test_prepared_transaction_that_holds_a_table(shop: Crowd, open_source: OpenSource) -> None:
    for gid, statement in (("reads", "SELECT * FROM stock"), ("locks", "LOCK TABLE stock IN SHARE MODE")):
        client = await shop.client(statement)
        await client.execute(f"PREPARE TRANSACTION '{gid}'")  # type: ignore[call-overload]
    try:
        waiter = await shop.client()
        await shop.waiting(waiter, "UPDATE stock SET n = 2 WHERE id = 2")
        data = await look(open_source(shop.url))
    finally:
        await shop.run("ROLLBACK PREPARED 'reads'")
        await shop.run("ROLLBACK PREPARED 'locks'")

    assert [(line.prepared, line.pid) for line in data.blocking] == [("locks", 0), (None, pid(waiter))]


async def test_deadlock_before_the_server_sees_it(shop: Crowd, open_source: OpenSource) -> None:
    one = await shop.client("UPDATE stock SET n = 1 WHERE id = 1")
    two = await shop.client("UPDATE stock SET n = 1 WHERE id = 2")
    behind = await shop.client()
    await shop.waiting(one, "UPDATE stock SET n = 2 WHERE id = 2")
    await shop.waiting(two, "UPDATE stock SET n = 2 WHERE id = 1")
    await shop.waiting(behind, "UPDATE stock SET n = 3 WHERE id = 1")

    data = await look(open_source(shop.url))

    ring = [line for line in data.blocking if line.cycle]
    assert {line.pid for line in ring} == {pid(one), pid(two)}
    assert {line.waits_for for line in ring} == {pid(one), pid(two)}
    assert data.blocking[0].cycle
    assert data.blocking[0].depth == 0
    assert {line.victims for line in ring} == {2}
    (outside,) = [line for line in data.blocking if not line.cycle]
    assert outside.pid == pid(behind)
    assert sum(line.waits_for is not None for line in data.blocking) == 3


async def test_relation_of_another_database_is_a_number(any_crowd: Crowd, open_source: OpenSource) -> None:
    await any_crowd.run("CREATE DATABASE other")
    try:
        url = any_crowd.url.removesuffix("/postgres") + "/other"
        holder = await any_crowd.client("CREATE TABLE there (id int)", url=url)
        await holder.commit()
        await holder.execute("LOCK TABLE there")
        waiter = await any_crowd.client(url=url)
        await any_crowd.waiting(waiter, "SELECT * FROM there")

        data = await look(open_source(any_crowd.url))

        relation = data.blocking[1].relation
        assert relation is not None
        assert relation.startswith("oid ")
        assert int(relation.removeprefix("oid ")) > 0
    finally:
        await any_crowd.dismiss("datname = 'other'")
        await any_crowd.run("DROP DATABASE other")


async def test_a_wait_that_ends_is_forgotten(shop: Crowd, open_source: OpenSource) -> None:
    source = open_source(shop.url)
    root = await shop.client("UPDATE stock SET n = 1 WHERE id = 1")
    waiter = await shop.client()
    task = await shop.waiting(waiter, "UPDATE stock SET n = 2 WHERE id = 1")
    assert len((await look(source)).blocking) == 2

    await root.rollback()
    await task

    assert (await look(source)).blocking == ()


async def test_waiting_time_goes_on_between_looks(shop: Crowd, open_source: OpenSource) -> None:
    source = open_source(shop.url)
    await shop.client("UPDATE stock SET n = 1 WHERE id = 1")
    waiter = await shop.client()
    await shop.waiting(waiter, "UPDATE stock SET n = 2 WHERE id = 1")
    before = (await look(source)).blocking[1].wait_s
    after = (await look(source)).blocking[1].wait_s
    assert before is not None
    assert after is not None
    assert after > before


async def test_advisory_lock_of_an_idle_session(any_crowd: Crowd, open_source: OpenSource) -> None:
    holder = await any_crowd.client("SELECT pg_advisory_lock(7)", autocommit=True)
    waiter = await any_crowd.client()
    await any_crowd.waiting(waiter, "SELECT pg_advisory_xact_lock(7)")
    data = await look(open_source(any_crowd.url))
    assert outline(data.blocking) == [(pid(holder), 0, None, 1), (pid(waiter), 1, pid(holder), 0)]
    assert next(s for s in data.sessions if s.pid == pid(holder)).state == "idle"
    assert data.blocking[1].relation is None
