"""Troubles of containers on a real engine, and of a real standby, for troubles.py."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.servers.docker import Engine, running_docker, wait_for
from tests.servers.postgres import INSTALLED, running
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, PostgresSpec
from triage_tui.lab.embedded.server import unprivileged_owner

Write = Callable[..., None]

NAME = "shop-report-1"


def docker_oom_killed(home: Path, write: Write) -> None:
    """A program that ends by itself, and one that takes more memory than it may."""
    with running_docker() as engine:
        for near, script in ((True, "exit 1"), (False, "tail /dev/zero")):
            with engine.container(NAME, script, memory="16m"):
                wait_for("the end", lambda: engine.state(NAME)["Status"] == "exited")
                write(_of(engine), near=near)


def docker_cpu_throttled(home: Path, write: Write) -> None:
    """A program that sleeps, and one that works more than its quota lets it."""
    with running_docker() as engine:
        for near, script in ((True, "sleep 600"), (False, "while :; do :; done")):
            with engine.container(NAME, script) as id:
                engine.api.update_container(id, cpu_quota=10_000, cpu_period=100_000)
                write(_of(engine), near=near, between=lambda: time.sleep(5))


def postgres_replication_lag(home: Path, write: Write) -> None:
    """A standby that has been told to wait with what it gets."""
    version = max(INSTALLED)
    with running(version, folder=home / "primary"):
        pass
    standby = home / "standby"
    shutil.copytree(home / "primary", standby, symlinks=True)
    if (owner := unprivileged_owner()) is not None:
        for path in standby.rglob("*"):
            shutil.chown(path, *owner)
    with running(version, folder=home / "primary") as server:
        (standby / "server" / "data" / "standby.signal").touch()
        parts = urlsplit(server.url)
        follows = {
            "primary_conninfo": f"host={parts.hostname} port={parts.port} user={parts.username} "
            f"password={parts.password} application_name=reserve",
            "wal_receiver_status_interval": "1s",
            "recovery_min_apply_delay": "1h",
        }
        spec = PostgresSpec("shop-db", Secret(server.url))
        with (
            running(version, folder=standby, **follows),
            psycopg.connect(server.url, autocommit=True) as client,
        ):
            wait_for("the standby", lambda: _followers(client) == 1)
            write(spec, near=True)
            client.execute("create table t as select i, repeat('x', 200) from generate_series(1, 60000) i")
            time.sleep(3)
            write(spec)


def _followers(client: psycopg.Connection) -> int:
    row = client.execute("select count(*) from pg_stat_replication where state = 'streaming'").fetchone()
    return row[0] if row is not None else 0


def _of(engine: Engine) -> DockerSpec:
    return DockerSpec("engine", Secret(engine.url))
