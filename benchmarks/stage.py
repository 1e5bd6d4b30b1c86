"""The servers that are looked at: real ones, with as much in them as a scenario says."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import redis
from msgspec import Struct
from psycopg import sql

from tests.servers.docker import Engine, running_docker
from triage_tui.lab.embedded.postgres import start_postgres
from triage_tui.lab.embedded.redis import start_redis
from triage_tui.lab.embedded.server import EmbeddedServer

TOOLS = ("triage", "peer")
"""Each connects as a user of its own name, so that the server can say what each has cost."""


class Size(Struct, frozen=True):
    """How much there is to see. waiting: of the sessions, those that wait for one row."""

    containers: int
    sessions: int
    waiting: int
    queues: int
    keys: int


SMALL = Size(containers=20, sessions=60, waiting=8, queues=50, keys=10_000)
LARGE = Size(containers=200, sessions=500, waiting=80, queues=50, keys=3_000_000)


class Stage(Struct, frozen=True):
    """What runs. docker is None where no engine can be started (no root, no dockerd)."""

    docker: Engine | None
    postgres: EmbeddedServer
    redis: EmbeddedServer
    folder: Path

    def url_for(self, tool: str) -> str:
        """The database as one of the tools sees it."""
        info = psycopg.conninfo.conninfo_to_dict(self.postgres.url) | {"user": tool, "password": tool}
        return psycopg.conninfo.make_conninfo(**info)  # type: ignore[arg-type]

    def configuration(self, *kinds: str) -> Path:
        """A triage.toml that names these kinds of target."""
        lines = ["[environments.bench]", "discover = false", "read_only = true"]
        urls = {"postgres": self.url_for("triage"), "redis": self.redis.url, "host": None}
        if self.docker is not None:
            urls["docker"] = f"unix://{self.docker.socket}"
        for kind in kinds:
            if kind not in urls:
                continue
            lines += ["[[environments.bench.targets]]", f'kind = "{kind}"', f'name = "bench-{kind}"']
            if urls[kind] is not None:
                lines.append(f'url = "{urls[kind]}"')
        path = self.folder / f"{'-'.join(kinds)}.toml"
        path.write_text("\n".join(lines) + "\n")
        path.chmod(0o600)
        return path


@contextlib.contextmanager
def stage(size: Size) -> Iterator[Stage]:
    """Start everything, fill it, and take it away again."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-bench-")))
        folder.chmod(0o755)
        _say(f"PostgreSQL with {size.sessions} sessions, {size.waiting} of them waiting")
        postgres = stack.enter_context(_postgres(folder, size))
        _say(f"Redis with {size.queues} queues and {size.keys:,} keys")
        broker = stack.enter_context(_redis(folder, size))
        _say(f"Docker with {size.containers} containers")
        docker = stack.enter_context(_docker(size))
        yield Stage(docker, postgres, broker, folder)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _postgres(folder: Path, size: Size) -> Iterator[EmbeddedServer]:
    settings = {
        "max_connections": str(size.sessions + 40),
        "shared_preload_libraries": "pg_stat_statements",
        "deadlock_timeout": "10min",
    }
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(start_postgres(folder, settings=settings))
        admin = stack.enter_context(psycopg.connect(server.url, autocommit=True))
        admin.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        admin.execute("CREATE TABLE stock (id int PRIMARY KEY, held int)")
        admin.execute("INSERT INTO stock SELECT n, 0 FROM generate_series(1, 100) AS n")
        for tool in TOOLS:
            # Superusers both: pg_activity shows less without.
            admin.execute(
                sql.SQL("CREATE ROLE {} SUPERUSER LOGIN PASSWORD {}").format(
                    sql.Identifier(tool), sql.Literal(tool)
                )
            )
        clients = [
            stack.enter_context(
                contextlib.closing(psycopg.connect(server.url, application_name=f"client-{n % 7}"))
            )
            for n in range(size.sessions - 1)
        ]
        clients[0].execute("UPDATE stock SET held = 1 WHERE id = 1")
        waiters = clients[1 : 1 + size.waiting]
        threads = [threading.Thread(target=_wait_for_row, args=(client,), daemon=True) for client in waiters]
        for thread in threads:
            thread.start()
        for client in clients[1 + size.waiting :: 4]:
            client.execute("SELECT 1")
        try:
            yield server
        finally:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'client-%'"
            )
            for thread in threads:
                thread.join(10)


def _wait_for_row(client: psycopg.Connection[tuple[object, ...]]) -> None:
    with contextlib.suppress(psycopg.Error):
        client.execute("UPDATE stock SET held = held + 1 WHERE id = 1")


@contextlib.contextmanager
def _redis(folder: Path, size: Size) -> Iterator[EmbeddedServer]:
    with start_redis(folder, settings={"maxmemory": "4gb"}, tcp=True) as server:
        client = redis.Redis.from_url(server.url)
        for number in range(size.queues):
            name = f"queue-{number:02d}"
            client.sadd(f"_kombu.binding.{name}", f"{name}\x06\x16\x06\x16{name}")
            client.rpush(name, *(f'{{"headers": {{"id": "{n}"}}}}' for n in range(number * 7 + 1)))
        batch = 50_000
        for start in range(0, size.keys, batch):
            script = "for n = ARGV[1], ARGV[2] do redis.call('set', 'cache:item:' .. n, n) end"
            client.eval(script, 0, start, min(start + batch, size.keys) - 1)
        client.close()
        yield server


@contextlib.contextmanager
def _docker(size: Size) -> Iterator[Engine | None]:
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        _say("no Docker engine: it needs root and dockerd (Debian package docker.io)")
        yield None
        return
    with running_docker() as engine:
        for number in range(size.containers):
            engine.run(f"service-{number:03d}", "while :; do sleep 1; done")
        yield engine
