"""Questions to a real PostgreSQL: well, in trouble, without rights, silent, down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.actions.checks.watched import Watched, asked, asked_all, asked_once
from tests.faults.proxy import FaultProxy
from tests.servers.docker import wait_for
from tests.servers.postgres import running
from triage_tui.actions.checks.answer import Question
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PgbouncerSpec, PostgresSpec, RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    with running(shared_preload_libraries="pg_stat_statements") as one:
        yield one


@pytest.fixture
def proxy(server: EmbeddedServer) -> Iterator[FaultProxy]:
    parts = urlsplit(server.url)
    with FaultProxy((parts.hostname or "127.0.0.1", parts.port or 0)) as one:
        yield one


def through(server: EmbeddedServer, proxy: FaultProxy) -> Watched:
    parts = urlsplit(server.url)
    login, at, _ = parts.netloc.rpartition("@")
    url = parts._replace(netloc=f"{login}{at}127.0.0.1:{proxy.port}").geturl()
    return Watched(PostgresSpec("db", Secret(url)))


def straight(server: EmbeddedServer, **more: object) -> Watched:
    return Watched(PostgresSpec("db", Secret(server.url), **more))  # type: ignore[arg-type]


@pytest.mark.covers("postgres.ping postgres.locks postgres.connections tcp.connect", "success")
async def test_a_server_that_is_well_answers_all_of_them_from_one_look(server: EmbeddedServer) -> None:
    ids = ("postgres.ping", "postgres.locks", "postgres.connections", "tcp.connect")
    answers = await asked_all(straight(server), *(Question(id, "db") for id in ids))
    assert [one.outcome for one in answers] == ["pass"] * 4, answers
    ping, locks, connections, _ = answers
    assert "PostgreSQL 1" in ping.message
    assert locks.message == "nobody waits for a lock"
    assert "of 130 connections: 1 triage" in connections.message


async def test_who_waits_for_whom_is_a_failure_and_the_holder_is_named(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url) as holder, psycopg.connect(server.url) as waiter:
        holder.execute("CREATE TABLE held (id int)")
        holder.commit()
        holder.execute("LOCK TABLE held")
        # Sent and not answered: it waits for the holder.
        waiter.pgconn.send_query(b"BEGIN; SELECT * FROM held")
        waiter.pgconn.flush()
        pid = holder.info.backend_pid
        with psycopg.connect(server.url, autocommit=True) as other:

            def waits() -> bool:
                waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = %s"
                return other.execute(waiting, (waiter.info.backend_pid,)).fetchone() is not None

            wait_for("the lock is waited for", waits)
        one = await asked(straight(server), "postgres.locks", "db", str(pid))
        gone = await asked(straight(server), "postgres.locks", "db", "1")
        no_pid = await asked(straight(server), "postgres.locks", "db", "1; DROP TABLE held")
        assert one.message.startswith(f"pid {pid} "), one
        assert any("waits" in line for line in one.lines), one
        assert gone.outcome == no_pid.outcome == "unknown"
        assert "no session with pid 1" in gone.message
        waiter.pgconn.finish()
        holder.rollback()
        holder.execute("DROP TABLE held")
        holder.commit()


@pytest.mark.covers("postgres.slow-statements", "success", "gone")
async def test_statements_are_unknown_without_the_extension_and_listed_with_it(
    server: EmbeddedServer,
) -> None:
    without = await asked(straight(server), "postgres.slow-statements", "db")
    assert without.outcome == "unknown"
    assert "CREATE EXTENSION" in without.lines[0]
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION pg_stat_statements")
        connection.execute("SELECT pg_sleep(0.01), 'marked'")
    known = await asked(straight(server), "postgres.slow-statements", "db")
    assert known.outcome in ("pass", "warn")
    assert any("pg_sleep" in line for line in known.lines)


@pytest.mark.covers("migrations.status", "success", "gone")
async def test_migrations(server: EmbeddedServer, tmp_path: Path) -> None:
    none = await asked(straight(server), "migrations.status", "db")
    assert none.outcome == "unknown"
    (tmp_path / "one.py").write_text("revision = 'aaaa1111'\ndown_revision = None\n")
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        connection.execute("INSERT INTO alembic_version VALUES ('aaaa1111')")
        unwanted = await asked(straight(server), "migrations.status", "db")
        assert unwanted.outcome == "unknown", "nobody says what the code wants"
        watched = straight(server, migrations={"postgres": str(tmp_path)})
        assert (await asked(watched, "migrations.status", "db")).outcome == "pass"
        (tmp_path / "two.py").write_text("revision = 'bbbb2222'\ndown_revision = 'aaaa1111'\n")
        behind = await asked(watched, "migrations.status", "db")
        assert behind.outcome == "fail"
        assert any("bbbb2222" in line for line in behind.lines)
        connection.execute("DROP TABLE alembic_version")


async def test_without_rights_a_question_is_unknown_and_says_which_right(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("CREATE ROLE nosy LOGIN PASSWORD 'nosy'")
        connection.execute("CREATE DATABASE shut")
        connection.execute("REVOKE CONNECT ON DATABASE shut FROM PUBLIC")
        parts = urlsplit(server.url)
        url = f"postgresql://nosy:nosy@{parts.hostname}:{parts.port}/shut"
        told = await asked(Watched(PostgresSpec("db", Secret(url))), "postgres.locks", "db")
        assert told.outcome == "unknown"
        assert "permission" in told.message
        assert told.lines, "the next step"
        connection.execute("DROP DATABASE shut")
        connection.execute("DROP ROLE nosy")


@pytest.mark.parametrize("id", ["postgres.locks", "postgres.connections", "migrations.status"])
async def test_of_a_server_that_is_down_nothing_passes(
    server: EmbeddedServer, proxy: FaultProxy, id: str
) -> None:
    proxy.refuse()
    told = await asked(through(server, proxy), id, "db")
    assert (told.outcome, told.message.partition(":")[0]) == ("unknown", "refused")


async def test_that_it_is_down_or_silent_is_the_answer_to_a_ping(
    server: EmbeddedServer, proxy: FaultProxy
) -> None:
    proxy.refuse()
    down = await asked(through(server, proxy), "postgres.ping", "db")
    assert (down.outcome, down.message) == ("fail", "PostgreSQL does not answer: refused")
    proxy.blackhole()
    silent = await asked_once(through(server, proxy), "postgres.ping", "db")
    assert (silent.outcome, silent.message) == ("fail", "PostgreSQL does not answer: timeout")


async def test_a_plain_server_has_no_certificate_and_is_no_pooler(server: EmbeddedServer) -> None:
    told = await asked(straight(server), "tls.certificate", "db")
    assert (told.outcome, "speaks no TLS" in told.message) == ("fail", True)
    pooler = await asked(Watched(PgbouncerSpec("pool", Secret(server.url))), "pgbouncer.pools", "pool")
    assert pooler.outcome != "pass"
    redis = await asked(
        Watched(RedisSpec("kv", Secret(server.url.replace("postgresql", "redis")))), "redis.ping", "kv"
    )
    assert redis.outcome != "pass"
