"""A session of a real PostgreSQL is ended from its row; another one under its pid is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from tests.servers.postgres import postgres
from tests.ui.acting.deck import SELDOM_S, deck, now
from tests.ui.cockpit import NARROW
from tests.ui.pictures import sighting
from triage_tui.actions.act import Came
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PostgresSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Kind, Sighting
from triage_tui.model.postgres import PostgresData, Session
from triage_tui.sources.postgres import PostgresSource

__all__ = ["postgres"]

pytestmark = pytest.mark.postgres


def spec(server: EmbeddedServer) -> PostgresSpec:
    return PostgresSpec("shop-db", Secret(server.url), interval_s=SELDOM_S)


@pytest.fixture
async def idler(postgres: EmbeddedServer) -> AsyncIterator[psycopg.AsyncConnection[tuple[object, ...]]]:
    """A session that is idle in a transaction."""
    client = await psycopg.AsyncConnection.connect(postgres.url, application_name="backoffice")
    await client.execute("SELECT 1")
    yield client
    await client.close()


async def seen(server: EmbeddedServer, pid: int) -> tuple[Sighting, Session]:
    """The server as our own source sees it, with this session alone."""
    source = PostgresSource(spec(server))
    try:
        look = await source.observe()
    finally:
        await source.aclose()
    assert isinstance(look.data, PostgresData), look
    (session,) = (one for one in look.data.sessions or () if one.pid == pid)
    # The pane leaves out what has been idle for a moment only.
    session = replace(session, state_age_s=60.0, transaction_age_s=60.0)
    data = replace(look.data, sessions=(session,), blocking=())
    return sighting(Kind.POSTGRES, "shop-db", "postgresql://here", data), session


async def test_the_session_of_the_row_is_ended(
    postgres: EmbeddedServer, idler: psycopg.AsyncConnection[tuple[object, ...]], state: Path
) -> None:
    pid = idler.info.backend_pid
    shown, _ = await seen(postgres, pid)
    async with deck(now(shown, environment="prod"), state, spec(postgres), size=NARROW) as screen:
        await screen.press("3")
        assert "T terminate  I end idle ones" in screen.lines[-1]
        await screen.press("T")
        asking = await screen.asked()
        assert asking.question is not None
        assert asking.question.word == str(pid)
        assert "backoffice" in screen.text
        await screen.press(*str(pid), "ctrl+y")
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came is Came.DONE, doing.result
    with pytest.raises(psycopg.OperationalError):
        await idler.execute("SELECT 1")


@pytest.mark.safety(2)
async def test_another_session_under_the_same_pid_is_left_alone(
    postgres: EmbeddedServer, idler: psycopg.AsyncConnection[tuple[object, ...]], state: Path
) -> None:
    shown, session = await seen(postgres, idler.info.backend_pid)
    assert isinstance(shown.data, PostgresData)
    earlier = replace(session, backend_start="2020-01-01T00:00:00.000001+00:00")
    shown = replace(shown, data=replace(shown.data, sessions=(earlier,)))
    async with deck(now(shown), state, spec(postgres)) as screen:
        await screen.press("3", "T")
        await screen.asked()
        assert "it is another one now" in screen.text
        await screen.press("y", "ctrl+y")
        assert screen.records == []
    await idler.execute("SELECT 1")
