"""A real PostgreSQL and a real Redis in the incidents that they are known for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import psycopg
import pytest
import redis

from tests.engines.diagnosis.telling import INTERVAL_S, gone, led_by, watching
from tests.servers.postgres import postgres
from tests.servers.redis import StartRedis, start
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PostgresSpec, RedisSpec, Threshold
from triage_tui.engine import Engine
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["postgres", "start"]

SOON = Threshold(warning=0.5, critical=60.0)
"""Where people wait for minutes, a test waits for half a second."""

LIMITS = {
    "postgres.longest_wait_s": SOON,
    "postgres.idle_in_transaction_s": SOON,
    "postgres.aborted_transaction_s": SOON,
}


@pytest.fixture
def database(postgres: EmbeddedServer) -> Iterator[Engine]:
    spec = PostgresSpec("db", Secret(postgres.url), interval_s=INTERVAL_S)
    with watching(spec, thresholds=LIMITS) as engine:
        yield engine


@pytest.fixture
def sessions(postgres: EmbeddedServer) -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def session(sessions: ExitStack, url: str, application: str) -> psycopg.Connection:
    return sessions.enter_context(psycopg.connect(url, application_name=application))


@pytest.mark.postgres
def test_one_who_blocks_others(postgres: EmbeddedServer, database: Engine, sessions: ExitStack) -> None:
    holder = session(sessions, postgres.url, "report")
    holder.execute("select pg_advisory_xact_lock(4711)")
    waiter = session(sessions, postgres.url, "checkout")
    waiting = threading.Thread(target=_wait, args=(waiter,), daemon=True)
    waiting.start()
    try:
        finding = led_by(database, "postgres.blocked-sessions", str(holder.info.backend_pid))
        assert "report" in finding.about
        assert [one.id for one in finding.actions][:1] in (["postgres.terminate"], ["postgres.cancel"])
    finally:
        holder.rollback()
        waiting.join(60.0)
    gone(database, "postgres.blocked-sessions")


def _wait(waiter: psycopg.Connection) -> None:
    with suppress(psycopg.Error):
        waiter.execute("select pg_advisory_xact_lock(4711)")
        waiter.rollback()


@pytest.mark.postgres
@pytest.mark.parametrize("aborted", [False, True], ids=["idle", "aborted"])
def test_a_transaction_that_was_left_open(
    postgres: EmbeddedServer, database: Engine, sessions: ExitStack, aborted: bool
) -> None:
    left = session(sessions, postgres.url, "forgetful")
    left.execute("select 1")
    if aborted:
        with suppress(psycopg.Error):
            left.execute("select 1/0")
    kind = "postgres.aborted-transaction" if aborted else "postgres.idle-in-transaction"
    finding = led_by(database, kind, str(left.info.backend_pid))
    assert any("forgetful" in one.text for one in finding.evidence) or "forgetful" in finding.title
    left.rollback()
    gone(database, kind)


@pytest.mark.redis
def test_a_redis_that_takes_no_more(start: StartRedis) -> None:
    server = start(settings={"maxmemory": "100mb", "maxmemory-policy": "noeviction"})
    spec = RedisSpec("cache", Secret(server.url), interval_s=INTERVAL_S)
    with watching(spec) as engine, redis.Redis.from_url(server.url) as client:
        for number in range(20):
            client.set(f"report:{number}", b"x" * 2**20)
        # What is there already is more than what may be there from now on.
        client.config_set("maxmemory", "15mb")
        with pytest.raises(redis.ResponseError, match="used memory"):
            client.set("one more", 1)
        led_by(engine, "redis.writes-refused", "")
        client.flushdb()
        gone(engine, "redis.writes-refused")


@pytest.mark.redis
def test_a_redis_that_cannot_save(start: StartRedis) -> None:
    server = start(settings={"save": ""})
    spec = RedisSpec("cache", Secret(server.url), interval_s=INTERVAL_S)
    with watching(spec) as engine, redis.Redis.from_url(server.url) as client:
        client.set("a", 1)
        # A name that is a folder cannot be written over.
        folder = client.config_get("dir")["dir"]
        client.config_set("dir", "/proc")
        client.bgsave()
        led_by(engine, "redis.persistence-failed", "")
        client.config_set("dir", folder)
        client.bgsave()
        gone(engine, "redis.persistence-failed")
