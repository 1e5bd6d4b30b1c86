"""What is left for roles that may see little, and on servers whose catalogues or slots are taken."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.engines.postgres.conftest import OpenSource, failure, gaps, look, url_of
from tests.engines.postgres.crowd import Crowd, until
from tests.servers.postgres import running
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import ProblemKind, State
from triage_tui.model.postgres import PostgresData

pytestmark = pytest.mark.postgres

PASSWORD = "a-password-of-ours"


@pytest.fixture
async def watcher(any_postgres: EmbeddedServer) -> AsyncIterator[str]:
    """The url of a role that may log in and nothing else."""
    async with Crowd(any_postgres.url) as crowd:
        await crowd.run(f"CREATE ROLE \"watch-er\" LOGIN PASSWORD '{PASSWORD}'")
        yield url_of(any_postgres, user="watch-er", password=PASSWORD)
        await crowd.dismiss("usename = 'watch-er'")
        await crowd.run('DROP ROLE "watch-er"')


async def test_an_unprivileged_role_loses_columns_and_not_the_tree(
    any_crowd: Crowd, watcher: str, open_source: OpenSource
) -> None:
    root = await any_crowd.client("SELECT pg_advisory_lock(8)", autocommit=True)
    waiter = await any_crowd.client()
    await any_crowd.waiting(waiter, "SELECT pg_advisory_xact_lock(8)")

    observation = await open_source(watcher).observe()

    assert observation.state is State.LIVE
    data = observation.data
    assert isinstance(data, PostgresData)
    others = {session.pid: session for session in data.sessions}
    hidden = others[waiter.info.backend_pid]
    # Unknown is unknown: neither idle nor zero.
    assert (hidden.state, hidden.query, hidden.client, hidden.transaction_age_s) == (None, None, None, None)
    assert (hidden.user, hidden.database) == ("postgres", "postgres")
    assert data.connections["unknown"] >= 3
    assert data.connections["triage"] == 1
    # The locks are open to everybody.
    assert [(line.pid, line.depth, line.victims) for line in data.blocking] == [
        (root.info.backend_pid, 0, 1),
        (waiter.info.backend_pid, 1, 0),
    ]
    assert hidden.blocked_by == (root.info.backend_pid,)
    assert data.blocking[1].mode == "ExclusiveLock"
    assert data.max_connections == 130
    assert {database.name for database in data.databases} >= {"postgres"}
    missing = gaps(observation)
    assert missing["sessions.state"].startswith("permission: ")
    assert 'GRANT pg_monitor TO "watch-er";' in missing["sessions.state"]


async def test_the_advice_works(any_crowd: Crowd, watcher: str, open_source: OpenSource) -> None:
    """What the gap says is run as it stands; the next look of a new connection sees everything."""
    client = await any_crowd.client("SELECT 'seen'")
    source = open_source(watcher)
    observation = await source.observe()
    (advice,) = {gap.problem.next_step for gap in observation.gaps if gap.part == "sessions.state"}
    await any_crowd.run(advice)

    observation = await open_source(watcher).observe()

    assert isinstance(observation.data, PostgresData)
    assert "sessions.state" not in gaps(observation)
    (session,) = [one for one in observation.data.sessions if one.pid == client.info.backend_pid]
    assert (session.state, session.query) == ("idle in transaction", "SELECT 'seen'")
    assert "unknown" not in observation.data.connections


async def test_a_database_that_may_not_be_connected_to_has_no_size(
    any_crowd: Crowd, watcher: str, open_source: OpenSource
) -> None:
    await any_crowd.run("CREATE DATABASE closed")
    try:
        await any_crowd.run("REVOKE CONNECT ON DATABASE closed FROM public")
        databases = {database.name: database for database in (await look(open_source(watcher))).databases}
        assert databases["closed"].size_bytes is None
        assert databases["closed"].frozen_xid_age is not None
        assert databases["postgres"].size_bytes is not None
        problem = await failure(open_source(watcher.removesuffix("/postgres") + "/closed"))
        assert problem.kind is ProblemKind.PERMISSION
        assert "GRANT CONNECT" in problem.next_step
    finally:
        await any_crowd.run("DROP DATABASE closed")


@pytest.mark.parametrize("catalogue", ["pg_authid", "pg_database"])
async def test_a_locked_catalogue_costs_nothing_that_is_known(
    any_crowd: Crowd, open_source: OpenSource, catalogue: str
) -> None:
    source = open_source(any_crowd.url)
    client = await any_crowd.client("SELECT 'still here'")
    pid = client.info.backend_pid
    await look(source)
    holder = await any_crowd.client(f"LOCK TABLE {catalogue} IN ACCESS EXCLUSIVE MODE")
    try:
        for _ in range(3):
            observation = await source.observe()
            assert observation.state is State.LIVE
            data = observation.data
            assert isinstance(data, PostgresData)
            sessions = {session.pid: session for session in data.sessions}
            assert (
                sessions[holder.info.backend_pid].query == f"LOCK TABLE {catalogue} IN ACCESS EXCLUSIVE MODE"
            )
            assert (sessions[pid].user, sessions[pid].database) == ("postgres", "postgres")
            assert not [gap for gap in observation.gaps if gap.part.startswith(("sessions", "databases"))]
    finally:
        await holder.rollback()


async def test_a_name_that_is_new_while_its_catalogue_is_locked_is_missing_with_a_reason(
    any_crowd: Crowd, watcher: str, open_source: OpenSource
) -> None:
    source = open_source(any_crowd.url)
    await look(source)
    stranger = await any_crowd.client("SELECT 1", url=watcher)
    holder = await any_crowd.client("LOCK TABLE pg_authid IN ACCESS EXCLUSIVE MODE")
    try:
        # The question rests in proportion to what it cost the first time.
        observation = await until(source.observe, lambda seen: "sessions.user" in gaps(seen), "a reason")
        assert isinstance(observation.data, PostgresData)
        sessions = {session.pid: session for session in observation.data.sessions}
        assert sessions[stranger.info.backend_pid].user is None
        assert sessions[holder.info.backend_pid].user == "postgres"
        reason = gaps(observation)["sessions.user"]
        assert reason.startswith("timeout: canceling statement due to lock timeout")
        assert "holds a lock on a catalogue" in reason
        # It did not stand in a queue, where others would have come to stand behind it.
        queue = await holder.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        assert await queue.fetchall() == []
    finally:
        await holder.rollback()


async def test_at_the_limit_an_open_connection_goes_on_and_a_new_one_is_told_why(
    open_source: OpenSource,
) -> None:
    with running(max_connections="9", superuser_reserved_connections="2", max_wal_senders="0") as server:
        async with Crowd(server.url) as crowd:
            await crowd.run(f"CREATE ROLE app LOGIN PASSWORD '{PASSWORD}'")
            await crowd.run("GRANT pg_monitor TO app")
            url = url_of(server, user="app", password=PASSWORD)
            early = open_source(url)
            await look(early)
            await crowd.fill(url=url)
            ordinary = await failure(open_source(url))
            assert ordinary.kind is ProblemKind.REFUSED
            assert "remaining connection slots are reserved" in ordinary.message
            assert "Free a connection" in ordinary.next_step

            await crowd.fill()
            superuser = await failure(open_source(server.url))
            assert superuser.kind is ProblemKind.REFUSED
            assert "too many clients already" in superuser.message

            data = await look(early)
            assert data.connections_used == data.max_connections == 9
            assert data.connections_ratio == 1.0
            assert data.reserved_connections == 2


async def test_a_role_at_its_own_limit(
    crowd: Crowd, postgres: EmbeddedServer, open_source: OpenSource
) -> None:
    await crowd.run(f"CREATE ROLE narrow LOGIN CONNECTION LIMIT 1 PASSWORD '{PASSWORD}'")
    try:
        url = url_of(postgres, user="narrow", password=PASSWORD)
        client = await crowd.client(url=url)
        problem = await failure(open_source(url))
        assert problem.kind is ProblemKind.REFUSED
        assert "CONNECTION LIMIT" in problem.next_step
        await client.close()
    finally:
        await crowd.run("DROP ROLE narrow")


async def test_reserved_connections_are_told(open_source: OpenSource) -> None:
    with running(reserved_connections="4", superuser_reserved_connections="2") as server:
        data = await look(open_source(server.url))
    assert data.reserved_connections == (6 if int(data.version.split(".")[0]) >= 16 else 2)
