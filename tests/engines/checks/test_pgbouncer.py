"""Questions to a real pooler."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.actions.checks.watched import Watched, asked
from tests.servers.pgbouncer import STRANGER, STRANGER_PASSWORD, Pooler, running
from tests.servers.postgres import postgres
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PgbouncerSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["postgres"]

pytestmark = pytest.mark.postgres


@pytest.fixture
def pooler(postgres: EmbeddedServer) -> Iterator[Pooler]:
    with running(postgres) as one:
        yield one


def on(url: str) -> Watched:
    return Watched(PgbouncerSpec("pooler", Secret(url)))


@pytest.mark.covers("pgbouncer.pools", "success", "gone", "permission")
async def test_pools_well_without_rights_and_elsewhere(pooler: Pooler, postgres: EmbeddedServer) -> None:
    with psycopg.connect(pooler.url) as client:
        client.execute("SELECT 1")
        well = await asked(on(pooler.console()), "pgbouncer.pools", "pooler")
        assert well.outcome == "pass", well
        assert any(line.startswith("postgres/postgres: ") for line in well.lines)
        none = await asked(on(pooler.console()), "pgbouncer.pools", "pooler", "no/such")
        assert (none.outcome, "there is no pool no/such" in none.message) == ("unknown", True)
    stranger = await asked(on(pooler.console(STRANGER, STRANGER_PASSWORD)), "pgbouncer.pools", "pooler")
    assert (stranger.outcome, stranger.message.partition(":")[0]) == ("unknown", "permission")
    server = await asked(on(postgres.url), "pgbouncer.pools", "pooler")
    assert server.outcome != "pass"
