"""Through a pooler: what it does not pass on is not needed, and what we set does not stay with its connections."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.engines.postgres.conftest import OpenSource, failure, look
from tests.engines.postgres.crowd import Crowd, until
from tests.servers.require import unavailable
from triage_tui.lab.embedded.server import EmbeddedServer, free_port
from triage_tui.model import ProblemKind
from triage_tui.sources.postgres.link import GUARDS

pytestmark = pytest.mark.postgres

StartPooler = Callable[[str], str]


@pytest.fixture
def pooler(postgres: EmbeddedServer) -> Iterator[StartPooler]:
    """Starts PgBouncer in a mode, in front of the newest server; returns the URL."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        unavailable("pgbouncer", "the program is not installed")
    server = urlsplit(postgres.url)
    with ExitStack() as cleanup:
        folder = Path(cleanup.enter_context(TemporaryDirectory(prefix="triage-test-")))
        folder.chmod(0o755)

        def start(mode: str) -> str:
            port = free_port()
            (folder / "users").write_text(f'"postgres" "{server.password}"\n')
            (folder / "ini").write_text(
                "[databases]\n"
                f"* = host=127.0.0.1 port={server.port} user=postgres password={server.password}\n"
                "[pgbouncer]\n"
                f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
                f"auth_type = scram-sha-256\nauth_file = {folder}/users\n"
                f"pool_mode = {mode}\ndefault_pool_size = 1\n"
            )
            as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
            process = subprocess.Popen(
                [program, *as_nobody, str(folder / "ini")],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            cleanup.callback(process.wait, 10)
            cleanup.callback(process.kill)
            return f"postgresql://postgres:{server.password}@127.0.0.1:{port}/postgres"

        yield start


async def listening(url: str) -> bool:
    try:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True):
            return True
    except psycopg.OperationalError:
        return False


async def settings(url: str) -> list[object]:
    """What a client that comes now finds in force."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as client:
        rows = await client.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY (%s) ORDER BY name", [list(GUARDS)]
        )
        return await rows.fetchall()


@pytest.mark.parametrize("mode", ["transaction", "session"])
async def test_a_look_through_a_pooler_is_whole_and_leaves_no_setting_behind(
    crowd: Crowd, pooler: StartPooler, open_source: OpenSource, mode: str
) -> None:
    url = pooler(mode)
    await until(lambda: listening(url), bool, "the pooler")
    root = await crowd.client("SELECT pg_advisory_lock(4)", autocommit=True)
    waiter = await crowd.client()
    await crowd.waiting(waiter, "SELECT pg_advisory_xact_lock(4)")
    source = open_source(url)
    for _ in range(2):
        data = await look(source)
        assert [line.pid for line in data.blocking] == [root.info.backend_pid, waiter.info.backend_pid]
        assert data.connections["triage"] == 1
    await source.aclose()

    # The pool has one connection: this is the one that we had.
    assert await settings(url) == await settings(crowd.url)


async def test_a_pooler_that_shares_connections_by_the_statement_is_refused_with_the_way_out(
    crowd: Crowd, pooler: StartPooler, open_source: OpenSource
) -> None:
    url = pooler("statement")
    await until(lambda: listening(url), bool, "the pooler")
    problem = await failure(open_source(url))
    assert problem.kind is ProblemKind.PROTOCOL
    assert problem.next_step.startswith("Connect to the server itself")
