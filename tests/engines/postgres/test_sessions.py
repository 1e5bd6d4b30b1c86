"""Sessions and connections, as every version shows them."""

from __future__ import annotations

import asyncio
from datetime import datetime

import psutil
import psycopg
import pytest

from tests.engines.postgres.conftest import OpenSource, look
from tests.engines.postgres.crowd import Crowd, until
from tests.servers.postgres import SETTINGS
from triage_tui.config.secret import Secret
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model.postgres import PostgresData, Session
from triage_tui.sources.postgres.conninfo import read_conninfo
from triage_tui.sources.postgres.inspection import begin
from triage_tui.sources.postgres.link import GUARDS, connect

pytestmark = pytest.mark.postgres


def session_of(data: PostgresData, client: psycopg.AsyncConnection[object]) -> Session:
    (found,) = [session for session in data.sessions if session.pid == client.info.backend_pid]
    return found


async def test_the_server_and_its_limits(any_crowd: Crowd, open_source: OpenSource) -> None:
    data = await look(open_source(any_crowd.url))
    ((version, started),) = await any_crowd.run(
        "SELECT current_setting('server_version'), pg_postmaster_start_time()"
    )
    assert data.version == version.split()[0]
    assert data.max_connections == int(SETTINGS["max_connections"])
    assert data.reserved_connections == 3
    assert (data.database, data.user, data.in_recovery) == ("postgres", "postgres", False)
    assert data.uptime_s == pytest.approx((datetime.now(started.tzinfo) - started).total_seconds(), abs=60)


async def test_states_are_counted_as_the_server_spells_them(
    any_crowd: Crowd, open_source: OpenSource
) -> None:
    source = open_source(any_crowd.url)
    before = (await look(source)).connections
    idle = await any_crowd.client(autocommit=True)
    await any_crowd.client("SELECT 1")
    aborted = await any_crowd.client("SELECT 1")
    with pytest.raises(psycopg.errors.DivisionByZero):
        await aborted.execute("SELECT 1 / 0")
    running = await any_crowd.client("SELECT 1")
    await any_crowd.client("SELECT pg_advisory_lock(1)", autocommit=True)
    await any_crowd.waiting(running, "SELECT pg_advisory_xact_lock(1)")

    data = await look(source)

    grown = {state: number - before.get(state, 0) for state, number in data.connections.items()}
    assert {state: number for state, number in grown.items() if number} == {
        "idle": 2,
        "idle in transaction": 1,
        "idle in transaction (aborted)": 1,
        "active": 1,
    }
    assert data.connections["triage"] == 1
    ((counted,),) = await any_crowd.run(
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    )
    assert data.connections_used == counted
    assert data.connections_ratio == pytest.approx(counted / 130)
    assert session_of(data, aborted).state == "idle in transaction (aborted)"
    assert session_of(data, idle).transaction_age_s is None
    assert session_of(data, running).wait_event_type == "Lock"
    assert session_of(data, running).wait_event == "advisory"


async def test_who_and_what_a_session_is(any_crowd: Crowd, open_source: OpenSource) -> None:
    client = await any_crowd.client("SELECT 'who am I'", application_name="checkout [/] \x1b[31m")
    ((start,),) = await any_crowd.run(
        "SELECT backend_start FROM pg_stat_activity WHERE pid = %s", [client.info.backend_pid]
    )

    session = session_of(await look(open_source(any_crowd.url)), client)

    assert session.backend_start is not None
    assert datetime.fromisoformat(session.backend_start) == start
    assert (session.user, session.database) == ("postgres", "postgres")
    assert session.application is not None
    assert session.application.startswith("checkout [/] ")
    assert "\x1b" not in session.application
    assert session.client is not None
    assert session.client.startswith("127.0.0.1:")
    assert session.backend_type == "client backend"
    assert session.query == "SELECT 'who am I'"
    assert session.query_age_s is None
    assert session.transaction_age_s is not None
    assert session.transaction_age_s >= 0


async def test_a_password_in_a_statement_is_not_shown(any_crowd: Crowd, open_source: OpenSource) -> None:
    client = await any_crowd.client("CREATE ROLE nobody_here PASSWORD 'hunter2-hunter2'")
    query = session_of(await look(open_source(any_crowd.url)), client).query
    assert query is not None
    assert query.startswith("CREATE ROLE nobody_here")
    assert "hunter2" not in query


async def test_a_long_query_is_cut(any_crowd: Crowd, open_source: OpenSource) -> None:
    client = await any_crowd.client("SELECT '" + "☠" * 100_000 + "'")
    query = session_of(await look(open_source(any_crowd.url)), client).query
    assert query is not None
    assert query.startswith("SELECT '☠☠")
    assert len(query) <= 4096


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
@pytest.mark.parametrize("watched_from", [0, 1], ids=["from a UTF-8 database", "from that database"])
async def test_bytes_that_are_not_utf8(
    any_crowd: Crowd, open_source: OpenSource, encoding: str, watched_from: int
) -> None:
    """The server shows queries as bytes of the database that they run in, whatever the reader's encoding is."""
    url = any_crowd.url.removesuffix("/postgres") + "/raw"
    await any_crowd.run(
        f"CREATE DATABASE raw ENCODING '{encoding}' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    try:
        client = await any_crowd.client(url=url, client_encoding=encoding)
        await client.execute(b"CREATE TABLE caf\xe9 (x int)")
        await client.execute(b"SELECT 'caf\xe9 \xff\xfe' FROM caf\xe9")
        source = open_source((any_crowd.url, url)[watched_from])
        data = await look(source)
        query = session_of(data, client).query
        assert query is not None
        assert query.startswith("SELECT 'caf")
        query.encode()
        await source.aclose()
    finally:
        await any_crowd.dismiss("datname = 'raw'")
        await any_crowd.run("DROP DATABASE raw")


async def test_our_own_sessions_are_counted_and_not_listed(any_crowd: Crowd, open_source: OpenSource) -> None:
    sources = [open_source(any_crowd.url) for _ in range(3)]
    for source in sources:
        await look(source)
    data = await look(sources[0])
    assert data.connections["triage"] == 3
    assert "triage-tui" not in {session.application for session in data.sessions}


async def test_we_are_never_a_blocker(any_crowd: Crowd) -> None:
    """DDL may wait for the snapshot of the very statement that looks at it; here it is a lock, which stays longer."""
    info = read_conninfo(Secret(any_crowd.url))
    link = await connect(info.parameters, guarded=True)
    try:
        inspection = await begin(link, info)
        ((us),) = await link.ask("SELECT pg_advisory_lock(5), pg_backend_pid() AS pid")
        waiter = await any_crowd.client()
        await any_crowd.waiting(waiter, "SELECT pg_advisory_xact_lock(5)")
        data, _ = await inspection.look()
        assert data.blocking == ()
        assert us["pid"] not in {session.pid for session in data.sessions}
        assert session_of(data, waiter).blocked_by == ()
    finally:
        link.close()


async def test_our_session_has_its_limits(any_crowd: Crowd) -> None:
    """Of the server itself we ask what it made of our settings."""
    info = read_conninfo(Secret(any_crowd.url))
    link = await connect(info.parameters, guarded=True)
    try:
        written = {"2000ms": "2s"}
        for name, value in GUARDS.items():
            (row,) = await link.ask("SELECT current_setting(%(name)s) AS value", {"name": name})
            assert row["value"].decode() == written.get(value, value), name
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await link.ask("CREATE TABLE ours (id int)")
    finally:
        link.close()


async def test_plans_are_kept_and_may_be_lost(any_crowd: Crowd) -> None:
    info = read_conninfo(Secret(any_crowd.url))
    link = await connect(info.parameters, guarded=True)
    kept = "SELECT statement FROM pg_prepared_statements"
    try:
        inspection = await begin(link, info)
        for _ in range(4):
            await inspection.look()
        assert any(b"pg_stat_get_activity" in row["statement"] for row in await link.ask(kept))
        # As a pooler does that we did not recognise, behind psycopg's back.
        link._connection.pgconn.exec_(b"DEALLOCATE ALL")
        data, _gaps = await inspection.look()
        assert data.connections["triage"] >= 1
        await inspection.look()
        assert await link.ask(kept) == []
    finally:
        link.close()


async def test_a_session_that_leaves_is_gone(any_crowd: Crowd, open_source: OpenSource) -> None:
    source = open_source(any_crowd.url)
    client = await any_crowd.client()
    pid = client.info.backend_pid
    assert pid in {session.pid for session in (await look(source)).sessions}
    await client.close()
    await until(lambda: any_crowd.count([pid]), lambda left: left == 0, "the client to leave")
    assert pid not in {session.pid for session in (await look(source)).sessions}


async def test_rates_come_with_the_second_look(any_crowd: Crowd, open_source: OpenSource) -> None:
    source = open_source(any_crowd.url)
    first = {database.name: database for database in (await look(source)).databases}
    assert first["postgres"].commits_per_s is None
    assert first["postgres"].size_bytes is not None
    assert first["postgres"].size_bytes > 1_000_000
    assert first["postgres"].frozen_xid_age is not None

    async def second() -> float | None:
        for _ in range(20):
            await any_crowd.run("SELECT count(*) FROM pg_class")
        databases = {database.name: database for database in (await look(source)).databases}
        return databases["postgres"].commits_per_s

    # The server publishes its counters about once a second.
    rate = await until(second, bool, "commits per second")
    assert rate is not None
    assert rate > 0
    at_once = {database.name: database for database in (await look(source)).databases}["postgres"]
    assert at_once.commits_per_s is not None, "two looks in a row"
    hit = at_once.cache_hit_ratio
    assert hit is None or 0 <= hit <= 1


async def test_a_thousand_sessions_are_bounded(
    postgres: EmbeddedServer, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts are of all; of the list the rest is said to be missing. The bound is 10 here."""
    monkeypatch.setattr("triage_tui.sources.postgres.activity.SESSIONS_READ", 10)
    async with Crowd(postgres.url) as crowd:
        await asyncio.gather(*(crowd.client() for _ in range(30)))
        root = await crowd.client("SELECT pg_advisory_lock(3)", autocommit=True)
        waiter = await crowd.client()
        await crowd.waiting(waiter, "SELECT pg_advisory_xact_lock(3)")
        data = await look(open_source(postgres.url))
        in_trouble = [waiter.info.backend_pid, root.info.backend_pid]
    assert len(data.sessions) == 10
    assert data.connections_used >= 33
    assert data.sessions_cut == data.connections_used - 10 - data.connections["triage"]
    # Those in trouble come first.
    assert [session.pid for session in data.sessions[:2]] == in_trouble


async def test_closing_leaves_the_server_alone(
    postgres: EmbeddedServer, open_source: OpenSource, crowd: Crowd
) -> None:
    source = open_source(postgres.url)
    process = psutil.Process()
    before = process.num_fds()
    await look(source)
    await source.aclose()
    await until(
        lambda: crowd.run("SELECT pid FROM pg_stat_activity WHERE application_name = 'triage-tui'"),
        lambda rows: not rows,
        "our session to leave",
    )
    assert process.num_fds() == before
