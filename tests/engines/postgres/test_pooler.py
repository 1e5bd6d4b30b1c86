"""Through a pooler: what it does not pass on is not needed, and what we set does not stay with its connections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psycopg
import pytest

from tests.engines.postgres.conftest import OpenSource, failure, look
from tests.engines.postgres.crowd import Crowd
from tests.servers.pgbouncer import running
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import ProblemKind
from triage_tui.sources.postgres.link import GUARDS

pytestmark = pytest.mark.postgres

StartPooler = Callable[[str], str]


@pytest.fixture
def pooler(postgres: EmbeddedServer) -> Iterator[StartPooler]:
    """Starts PgBouncer in a mode, in front of the newest server; returns the URL."""
    with ExitStack() as cleanup:
        yield lambda mode: cleanup.enter_context(running(postgres, mode=mode)).url


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
    problem = await failure(open_source(url))
    assert problem.kind is ProblemKind.PROTOCOL
    assert problem.next_step.startswith("Connect to the server itself")
