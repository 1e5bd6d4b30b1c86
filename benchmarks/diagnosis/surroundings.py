"""Troubles of machines, poolers and certificates, for troubles.py."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
import trustme

from tests.engines.http.servers import serving
from tests.servers.docker import wait_for
from tests.servers.pgbouncer import running
from triage_tui.config.secret import Secret
from triage_tui.config.settings import HostSpec, HttpSpec, PgbouncerSpec, PostgresSpec, RedisSpec
from triage_tui.lab.embedded.postgres import start_postgres
from triage_tui.lab.embedded.redis import binaries, start_redis

Write = Callable[..., None]
PATIENCE_S = 30.0


def host(home: Path, write: Write) -> None:
    """This machine, as it is: the tests lower their thresholds below what it shows."""
    write(HostSpec())


def postgres(home: Path, write: Write) -> None:
    """A server with something to do: likewise."""
    with start_postgres(home) as server, psycopg.connect(server.url, autocommit=True) as client:

        def work() -> None:
            for number in range(400):
                client.execute("select count(*) from pg_class where oid > %s", [number])

        write(PostgresSpec("shop-db", Secret(server.url)), between=work)


def redis_loading(home: Path, write: Write) -> None:
    """A replica that reads what its master has sent, slowly."""
    with ExitStack() as opened:
        master = opened.enter_context(start_redis(home / "master", binary=_newest(), tcp=True))
        replica = opened.enter_context(start_redis(home / "replica", binary=_newest()))
        there = opened.enter_context(redis.Redis.from_url(master.url))
        client = opened.enter_context(redis.Redis.from_url(replica.url))
        there.mset({f"k{number}": "x" * 100 for number in range(20_000)})
        spec = RedisSpec("shop-redis", Secret(replica.url))
        write(spec, near=True)
        # Microseconds for each key, and how often it answers meanwhile: settings that Redis has for tests of this kind.
        client.config_set("key-load-delay", 2_000)
        client.config_set("loading-process-events-interval-bytes", 1_024)
        address = urlsplit(master.url)
        client.config_set("masterauth", address.password or "")
        client.replicaof(address.hostname, address.port)
        wait_for("loading", lambda: client.info("persistence")["loading"] == 1)
        write(spec)


def _newest() -> Path:
    """6.2 cannot be told to answer while it loads."""
    return max(binaries().items(), key=lambda one: tuple(map(int, one[0].split("."))))[1]


def pgbouncer_clients_waiting(home: Path, write: Write) -> None:
    """A pool of one connection, which somebody keeps, and somebody else who wants it."""
    with start_postgres(home) as server, running(server, default_pool_size="1") as pooler:
        spec = PgbouncerSpec("shop-pooler", Secret(pooler.console()))
        with psycopg.connect(pooler.url) as holder:
            holder.execute("select 1")
            write(spec, near=True)

            def wait() -> None:
                with psycopg.connect(pooler.url) as waiter:
                    waiter.execute("select 1")

            thread = threading.Thread(target=wait, daemon=True)
            thread.start()
            time.sleep(5)
            write(spec)
            holder.rollback()
            thread.join(PATIENCE_S)


def http_tls_expiring(home: Path, write: Write) -> None:
    """A certificate with a quarter of a year left, and one with ten days."""
    authority = trustme.CA()
    ca_file = home / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    for days, near in ((90, True), (10, False)):
        with serving(_showing(authority, days)) as port:
            url = f"https://localhost:{port}/health"
            write(HttpSpec("shop-api", Secret(url), ca_file=str(ca_file)), near=near)


def _showing(authority: trustme.CA, days: float) -> ssl.SSLContext:
    ends = datetime.now(UTC) + timedelta(days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", not_before=ends - timedelta(days=400), not_after=ends).configure_cert(
        context
    )
    return context
