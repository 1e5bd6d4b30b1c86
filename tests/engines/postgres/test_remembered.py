"""A source that remembers sessions tells what one that has just come tells, whatever happened in between."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
from psycopg import AsyncConnection

from tests.engines.postgres.conftest import OpenSource, look
from tests.engines.postgres.crowd import Crowd, until
from triage_tui.model.postgres import PostgresData, Session
from triage_tui.sources.postgres import PostgresSource, blockers, sessions
from triage_tui.sources.postgres.link import Link

pytestmark = pytest.mark.postgres

STEPS = 20
SEED = 8


@pytest.fixture(autouse=True)
def forever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered is used at once and for ever: what is wrong in it stays wrong."""
    monkeypatch.setattr(sessions, "MARGIN_US", 0)
    monkeypatch.setattr(blockers, "AGAIN_S", 3600)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[Any]]]:
    """What was asked by then: the statement, and its rows."""
    log: list[tuple[str, list[Any]]] = []
    ask = Link.ask

    async def logged(link: Link, statement: Any, parameters: Mapping[str, Any] = {}) -> list[Any]:
        rows = await ask(link, statement, parameters)
        log.append((str(statement), rows))
        return rows

    monkeypatch.setattr(Link, "ask", logged)
    return log


def told(data: PostgresData) -> object:
    """What does not depend on when it was read. What a resting session waits for is no more than for its client."""
    timeless = {"transaction_age_s": None, "query_age_s": None, "state_age_s": None}

    def still(session: Session) -> Session:
        calm = {"wait_event_type": None, "wait_event": None} if session.state != "active" else {}
        return msgspec.structs.replace(session, **timeless, **calm)

    shown = sorted(map(still, data.sessions), key=lambda session: session.pid)
    tree = sorted((line.pid, line.depth, line.waits_for, line.victims) for line in data.blocking)
    return data.connections, shown, tree


async def agree(old: PostgresSource, new: PostgresSource) -> None:
    """Both tell the same, as soon as the server shows everything that was done."""

    async def both() -> tuple[object, object]:
        new._drop()
        return told(await look(old)), told(await look(new))

    await until(both, lambda pair: pair[0] == pair[1], "the old source and the new one differ")


async def test_whatever_sessions_do(any_crowd: Crowd, open_source: OpenSource) -> None:
    dice = random.Random(SEED)
    old, new = open_source(any_crowd.url), open_source(any_crowd.url)
    free: list[AsyncConnection[Any]] = []
    await agree(old, new)
    for step in range(STEPS):
        match dice.randrange(7) if len(free) > 2 else 0:
            case 0:
                free.append(await any_crowd.client(f"SELECT {step}", autocommit=dice.random() < 0.5))
            case 1:
                await dice.choice(free).execute(f"SET application_name = 'named-{step}'".encode())
            case 2:
                await dice.choice(free).commit()
            case 3:
                with pytest.raises(psycopg.Error):
                    await dice.choice(free).execute("SELECT 1 / 0")
            case 4:
                await free.pop(dice.randrange(len(free))).close()
            case 5:
                holder, waiter = dice.sample(free, 2)
                await holder.rollback()
                await holder.execute("SELECT pg_advisory_lock_shared(%s)", [step])
                await waiter.rollback()
                await any_crowd.waiting(waiter, f"SELECT pg_advisory_lock({step})")
                free.remove(waiter)
            case _:
                client = dice.choice(free)
                await client.rollback()
                await client.execute("SELECT pg_advisory_unlock_all()")
        await agree(old, new)


async def test_who_rests_is_told_by_reference_and_grows_older(
    any_crowd: Crowd, open_source: OpenSource, asked: list[tuple[str, list[Any]]]
) -> None:
    resting = [await any_crowd.client("SELECT 1") for _ in range(5)]
    pids = {client.info.backend_pid for client in resting}
    source = open_source(any_crowd.url)

    async def looked() -> tuple[set[int], PostgresData]:
        asked.clear()
        data = await look(source)
        (rows,) = [rows for statement, rows in asked if "pg_postmaster_start_time() END" in statement]
        return {row["pid"] for row in rows if row["told"] is None}, data

    first = (await looked())[1]
    by_reference, second = await until(looked, lambda now: now[0] >= pids, "sessions that rest")

    def ages(data: PostgresData) -> list[float]:
        return [one.transaction_age_s or 0.0 for one in data.sessions if one.pid in pids]

    assert by_reference >= pids
    assert all(before < after for before, after in zip(ages(first), ages(second), strict=True))
    assert told(first) == told(second)


async def test_a_reference_to_what_is_not_known_has_all_told_at_once(
    any_crowd: Crowd, open_source: OpenSource, asked: list[tuple[str, list[Any]]]
) -> None:
    """As after the server's clock was set back: what is new seems to be older than the last look."""
    client = await any_crowd.client("SELECT 1")
    old, new = open_source(any_crowd.url), open_source(any_crowd.url)
    await agree(old, new)
    await client.commit()
    await any_crowd.client("SELECT 2")
    assert old._inspection is not None
    reader = old._inspection._sessions
    reader._since = datetime(9999, 1, 1, tzinfo=reader._since.tzinfo) - timedelta(days=1)
    asked.clear()
    one = told(await look(old))
    assert sum("pg_postmaster_start_time() END" in statement for statement, _ in asked) == 2
    new._drop()
    assert one == told(await look(new))


async def test_whom_somebody_waits_for_is_asked_again_when_it_may_have_changed(
    any_crowd: Crowd, open_source: OpenSource, asked: list[tuple[str, list[Any]]]
) -> None:
    holders = [await any_crowd.client("SELECT pg_advisory_xact_lock_shared(1)") for _ in range(2)]
    waiter = await any_crowd.client()
    await any_crowd.waiting(waiter, "SELECT pg_advisory_xact_lock(1)")
    source = open_source(any_crowd.url)

    async def blocking() -> set[int]:
        data = await look(source)
        return {line.pid for line in data.blocking if line.depth == 0}

    def questions() -> int:
        return sum("unnest(%(pids)s" in statement for statement, _ in asked)

    both = {holder.info.backend_pid for holder in holders}
    await until(blocking, lambda roots: len(roots) == 1 or roots == both, "somebody to wait")

    async def kept() -> int:
        before = questions()
        await blocking()
        return questions() - before

    await until(kept, lambda number: number == 0, "a look that asks nobody again")
    await holders[0].commit()
    await until(
        blocking,
        lambda roots: roots == {holders[1].info.backend_pid},
        "the one that still holds the lock alone",
    )
