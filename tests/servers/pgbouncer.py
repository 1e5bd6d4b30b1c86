"""A real PgBouncer in front of a real PostgreSQL, for one test at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.servers.require import unavailable
from triage_tui.lab.embedded.server import EmbeddedServer, free_port

START_S = 60.0
WATCHER, WATCHER_PASSWORD = "watcher", "looks-and-changes-nothing"
"""A user of stats_users, and of nothing else."""

STRANGER, STRANGER_PASSWORD = "stranger", "has-no-right-at-all"


class Pooler:
    """A running pooler. url: of a database behind it, as its owner; port: where it listens."""

    def __init__(self, port: int, password: str) -> None:
        self.port = port
        self._password = password

    @property
    def url(self) -> str:
        """The database, through the pooler."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self.port}/postgres"

    def console(self, user: str = WATCHER, password: str = WATCHER_PASSWORD) -> str:
        """The console, as a user who may only look."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/pgbouncer"


@contextmanager
def running(server: EmbeddedServer, *, mode: str = "transaction", **settings: str) -> Iterator[Pooler]:
    """A pooler in front of a server, ready to be asked. Skips or fails where the program is not installed."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        unavailable("pgbouncer", "the program is not installed")
    where = urlsplit(server.url)
    chosen = {"pool_mode": mode, "default_pool_size": "1"} | settings
    with TemporaryDirectory(prefix="triage-test-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        port = free_port()
        users = {"postgres": where.password, WATCHER: WATCHER_PASSWORD, STRANGER: STRANGER_PASSWORD}
        (folder / "users").write_text("".join(f'"{user}" "{secret}"\n' for user, secret in users.items()))
        (folder / "ini").write_text(
            "[databases]\n"
            f"* = host=127.0.0.1 port={where.port} user=postgres password={where.password}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
            f"auth_type = scram-sha-256\nauth_file = {folder}/users\nstats_users = {WATCHER}\n"
            + "".join(f"{name} = {value}\n" for name, value in chosen.items())
        )
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        process = subprocess.Popen(
            [program, *as_nobody, str(folder / "ini")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            pooler = Pooler(port, str(where.password))
            _await(pooler, process)
            yield pooler
        finally:
            process.kill()
            process.wait(10)


def _await(pooler: Pooler, process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + START_S
    while True:
        try:
            # The console takes connections that have no server behind them.
            psycopg.connect(pooler.console(), autocommit=True, connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > give_up_at:
                pytest.fail(f"pgbouncer does not answer (exit code {process.returncode}): {error}")
            time.sleep(0.05)
        else:
            return
