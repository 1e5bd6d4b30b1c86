"""One statement, one session: ended, refused, gone, another one, and no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from msgspec import structs

from tests.engines.actions.acting import Acting, Allowed, Forbidden, refused
from tests.engines.actions.patience import long_patience
from tests.engines.actions.recorder import Recorder
from tests.engines.postgres.conftest import crowd, proxy, through, url_of
from tests.engines.postgres.crowd import Crowd, until
from tests.faults.proxy import FaultProxy
from tests.servers.postgres import postgres
from triage_tui.actions.act import Came, Identity
from triage_tui.actions.postgres import ACTIONS, session_identity
from triage_tui.actions.postgres.line import APPLICATION_NAME
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PostgresSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model.postgres import PostgresData
from triage_tui.sources.postgres import PostgresSource

__all__ = ["crowd", "long_patience", "postgres", "proxy"]

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("long_patience")]


def acting(url: str) -> Acting:
    return Acting(ACTIONS, PostgresSpec("db", Secret(url)))


@pytest.fixture
def here(postgres: EmbeddedServer) -> Acting:
    """Actions on the newest server as its superuser."""
    return acting(postgres.url)


@pytest.fixture
async def plain_user(crowd: Crowd, postgres: EmbeddedServer) -> AsyncIterator[str]:
    """The URL of a role that may see everything and signal nobody."""
    await crowd.run("CREATE ROLE looker LOGIN PASSWORD 'pw'")
    await crowd.run("GRANT pg_monitor TO looker")
    yield url_of(postgres, user="looker", password="pw")
    await crowd.dismiss("usename = 'looker'")
    await crowd.run("DROP ROLE looker")


async def running(crowd: Crowd, seconds: int = 600) -> tuple[int, asyncio.Task[Any]]:
    """A session that sleeps in a statement: its pid, and what becomes of it."""
    client = await crowd.client(autocommit=True, application_name="batch")
    pid = client.info.backend_pid
    task = asyncio.create_task(outcome(client, f"SELECT pg_sleep({seconds})"))
    await until(
        lambda: crowd.run("SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'", [pid]),
        bool,
        "the statement to run",
    )
    return pid, task


async def outcome(client: psycopg.AsyncConnection[Any], statement: str) -> str | None:
    """The SQLSTATE of what a statement failed with, `lost` for a lost connection, None where it went well."""
    try:
        await client.execute(statement)  # type: ignore[arg-type]
    except psycopg.Error as error:
        return error.sqlstate or "lost"
    return None


async def alive(crowd: Crowd, pid: int) -> bool:
    return await crowd.count([pid]) == 1


@pytest.mark.covers("postgres.cancel", "success")
async def test_cancel_ends_the_statement_and_leaves_the_session(crowd: Crowd, here: Acting) -> None:
    pid, task = await running(crowd)
    preview = await here.plan("postgres.cancel", pid)
    assert not task.done(), "the preview has changed something"
    assert dict(preview.facts)["application"] == "batch"
    assert "pg_sleep(600)" in dict(preview.facts)["statement"]
    assert f"pg_stat_get_activity({pid})" in preview.sends[0]
    assert "%(" not in preview.sends[0]
    permit = Allowed()
    result = await here.run(preview, permit)
    assert result.came is Came.DONE, result
    assert permit.asked == 1
    assert await task == "57014"
    assert await alive(crowd, pid)


@pytest.mark.covers("postgres.terminate", "success")
@pytest.mark.safety(13)
async def test_terminate_ends_the_session_and_frees_who_waits(crowd: Crowd, here: Acting) -> None:
    await crowd.run("CREATE TABLE IF NOT EXISTS acted (n int)")
    holder = await crowd.client("LOCK TABLE acted IN ACCESS EXCLUSIVE MODE", application_name="holder")
    waiter = await crowd.client(application_name="waiter")
    waiting = await crowd.waiting(waiter, "SELECT * FROM acted")
    pid = holder.info.backend_pid
    preview = await here.plan("postgres.terminate", pid)
    assert "AccessExclusiveLock on public.acted" in dict(preview.facts)["locks held"] or (
        "AccessExclusiveLock on acted" in dict(preview.facts)["locks held"]
    )
    assert any(f"session {waiter.info.backend_pid} (waiter)" in line for line in preview.affects)
    assert preview.undo is None
    result = await here.run(preview)
    assert result.came is Came.DONE, result
    assert not await alive(crowd, pid)
    assert not isinstance(await waiting, Exception)
    await waiter.rollback()
    await crowd.run("DROP TABLE acted")


async def test_the_identity_of_a_look_is_that_of_the_preview(
    crowd: Crowd, here: Acting, postgres: EmbeddedServer
) -> None:
    """What a screen pins is what the server says later, to the microsecond."""
    client = await crowd.client("SELECT 1")
    source = PostgresSource(PostgresSpec("db", Secret(postgres.url)))
    data = (await source.observe()).data
    await source.aclose()
    assert isinstance(data, PostgresData)
    (seen,) = (one for one in data.sessions if one.pid == client.info.backend_pid)
    assert seen.backend_start is not None
    pinned = session_identity(seen.pid, seen.backend_start)
    preview = await here.plan("postgres.terminate", seen.pid, pinned=pinned)
    assert preview.identity.parts == pinned.parts


@pytest.mark.covers("postgres.cancel postgres.terminate", "replaced")
@pytest.mark.safety(1, 2)
@pytest.mark.parametrize("verb", ["cancel", "terminate"])
async def test_another_session_under_the_pid_is_not_touched(crowd: Crowd, here: Acting, verb: str) -> None:
    """Neither when the preview finds it, nor when it comes between the preview and the deed."""
    pid, task = await running(crowd)
    before = Identity(
        "the one before", (("pid", str(pid)), ("backend_start", "2020-01-01T00:00:00.000001+00:00"))
    )
    assert (await refused(here.plan(f"postgres.{verb}", pid, pinned=before))).kind == "changed"
    preview = structs.replace(await here.plan(f"postgres.{verb}", pid), identity=before)
    result = await here.run(preview)
    assert result.came is Came.NOT_DONE
    assert "gone" in result.message
    assert not task.done()
    assert await alive(crowd, pid)


@pytest.mark.covers("postgres.cancel", "replaced")
@pytest.mark.safety(1)
async def test_the_next_statement_is_not_cancelled(crowd: Crowd, here: Acting) -> None:
    """What was on the screen has ended by itself, and the session is at something else."""
    pid, task = await running(crowd)
    preview = await here.plan("postgres.cancel", pid)
    preview = structs.replace(preview, held={"query_start": "2020-01-01T00:00:00.000001+00:00"})
    result = await here.run(preview)
    assert result.came is Came.NOT_DONE
    assert "ended by itself" in result.message
    assert not task.done()


async def test_a_preview_that_is_read_again_is_about_the_same_statement(crowd: Crowd, here: Acting) -> None:
    """As the guard does where it takes a while to confirm."""
    pid, task = await running(crowd)
    preview = await here.plan("postgres.cancel", pid)
    again = await here.plan("postgres.cancel", pid, preview.order.parameters, pinned=preview.identity)
    assert again.held == preview.held
    other = {"statement": "2020-01-01T00:00:00.000001+00:00"}
    no = await refused(here.plan("postgres.cancel", pid, other, pinned=preview.identity))
    assert no.kind == "changed"
    assert (await here.run(again)).came is Came.DONE
    assert await task == "57014"


@pytest.mark.covers("postgres.cancel postgres.terminate", "gone")
@pytest.mark.parametrize("verb", ["cancel", "terminate"])
async def test_a_session_that_has_gone(crowd: Crowd, here: Acting, verb: str) -> None:
    pid, task = await running(crowd)
    preview = await here.plan(f"postgres.{verb}", pid)
    await crowd.run("SELECT pg_terminate_backend(%s)", [pid])
    assert await task in ("57P01", "lost")
    await until(lambda: crowd.count([pid]), lambda left: left == 0, "the session to end")
    assert (await here.run(preview)).came is Came.NOT_DONE
    assert (await refused(here.plan(f"postgres.{verb}", pid))).kind == "gone"


async def test_what_makes_no_sense_is_refused(crowd: Crowd, here: Acting) -> None:
    idle = await crowd.client("SELECT 1")
    no = await refused(here.plan("postgres.cancel", idle.info.backend_pid))
    assert "postgres.terminate" in no.next_step
    (row,) = await crowd.run("SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
    assert "checkpointer" in (await refused(here.plan("postgres.terminate", row[0]))).message
    for argument in ("", "0", "-1", "7; DROP TABLE x", "99999999999999"):
        assert (await refused(here.plan("postgres.terminate", argument))).kind == "argument"


@pytest.mark.covers("postgres.cancel postgres.terminate", "permission", "refusal")
@pytest.mark.safety(4)
@pytest.mark.parametrize("verb", ["cancel", "terminate"])
async def test_who_may_not_signal_is_told_so(
    crowd: Crowd, postgres: EmbeddedServer, plain_user: str, verb: str
) -> None:
    """The preview warns, the server refuses, the session lives."""
    pid, task = await running(crowd)
    low = acting(plain_user)
    preview = await low.plan(f"postgres.{verb}", pid)
    assert "looker" in dict(preview.facts)["rights"]
    result = await low.run(preview)
    assert result.came is Came.NOT_DONE
    assert "refused" in result.message
    assert "pg_signal_backend" in result.tells[0]
    assert not task.done()
    await crowd.run("REVOKE pg_monitor FROM looker")
    assert (await refused(low.plan(f"postgres.{verb}", pid))).kind == "permission"


@pytest.mark.covers("postgres.cancel postgres.terminate", "timeout")
@pytest.mark.safety(4, 9)
@pytest.mark.parametrize("verb", ["cancel", "terminate"])
async def test_no_answer_is_unknown(
    crowd: Crowd, postgres: EmbeddedServer, proxy: FaultProxy, verb: str
) -> None:
    """The line goes silent in the instant before the statement is sent."""
    pid, task = await running(crowd)
    far = acting(through(proxy, postgres))
    preview = await far.plan(f"postgres.{verb}", pid)
    result = await far.run(preview, Allowed(lambda _: proxy.blackhole()))
    assert result.came is Came.UNKNOWN, result
    assert "not known" in result.message
    assert not task.done()


@pytest.mark.covers("postgres.cancel postgres.terminate", "timeout")
@pytest.mark.safety(4, 9)
@pytest.mark.parametrize("verb", ["cancel", "terminate"])
async def test_an_answer_that_breaks_off_is_unknown(
    crowd: Crowd, postgres: EmbeddedServer, proxy: FaultProxy, verb: str
) -> None:
    """The server has got the statement and heeded it; only the answer is lost."""
    pid, task = await running(crowd)
    far = acting(through(proxy, postgres))
    preview = await far.plan(f"postgres.{verb}", pid)
    result = await far.run(preview, Allowed(lambda _: proxy.cut(after=0)))
    assert result.came is Came.UNKNOWN, result
    async with asyncio.timeout(30):
        assert await task in ("57014", "57P01", "lost")


@pytest.mark.covers("postgres.cancel postgres.terminate", "down")
@pytest.mark.safety(4)
@pytest.mark.parametrize("verb", ["cancel", "terminate"])
async def test_a_server_that_went_down_after_the_preview(
    crowd: Crowd, postgres: EmbeddedServer, proxy: FaultProxy, verb: str
) -> None:
    pid, task = await running(crowd)
    far = acting(through(proxy, postgres))
    preview = await far.plan(f"postgres.{verb}", pid)
    proxy.refuse()
    permit = Allowed()
    result = await far.run(preview, permit)
    assert result.came is Came.NOT_DONE
    assert "nothing was sent" in result.message
    assert permit.asked == 0
    assert (await refused(far.plan(f"postgres.{verb}", pid))).kind == "unavailable"
    assert not task.done()


@pytest.mark.covers("postgres.cancel postgres.terminate", "read-only")
@pytest.mark.safety(11)
@pytest.mark.parametrize("verb", ["cancel", "terminate"])
async def test_read_only_sends_nothing(crowd: Crowd, postgres: EmbeddedServer, verb: str) -> None:
    """By what goes over the line."""
    pid, task = await running(crowd)
    port = urlsplit(postgres.url).port
    assert port is not None
    async with Recorder(port) as recorder:
        recorded = acting(postgres.url.replace(f":{port}/", f":{recorder.port}/"))
        preview = await recorded.plan(f"postgres.{verb}", pid)
        assert (await refused(recorded.run(preview, Forbidden()))).kind == "read-only"
        assert b"pg_stat_get_activity" in recorder.sent
        assert f"pg_{verb}_backend".encode() not in recorder.sent
        assert not task.done()
        assert (await recorded.run(preview)).came is Came.DONE
        assert f"pg_{verb}_backend".encode() in recorder.sent


async def test_nothing_of_ours_stays(crowd: Crowd, here: Acting) -> None:
    """Connections are as long as the deed."""
    pid, task = await running(crowd)
    assert (await here.act("postgres.terminate", pid)).came is Came.DONE
    await task
    await until(
        lambda: crowd.run("SELECT 1 FROM pg_stat_activity WHERE application_name = %s", [APPLICATION_NAME]),
        lambda rows: not rows,
        "our connections to end",
    )
