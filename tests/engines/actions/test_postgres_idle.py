"""Sessions that are idle in a transaction: those that were listed end, everybody else stays."""

from __future__ import annotations

import asyncio

import pytest

from tests.engines.actions.acting import Acting, Allowed, Forbidden, refused
from tests.engines.actions.patience import long_patience
from tests.engines.postgres.conftest import crowd, proxy, through, url_of
from tests.engines.postgres.crowd import Crowd
from tests.faults.proxy import FaultProxy
from tests.servers.postgres import postgres
from triage_tui.actions.act import Came, Refused
from triage_tui.actions.postgres import ACTIONS
from triage_tui.actions.postgres.identity import idle_identity
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PostgresSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model.postgres import PostgresData
from triage_tui.sources.postgres import PostgresSource

__all__ = ["crowd", "long_patience", "postgres", "proxy"]

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("long_patience")]

ACTION = "postgres.terminate-idle"
MINE = {"older-than": "0s", "application": "forgetful"}


def acting(url: str) -> Acting:
    return Acting(ACTIONS, PostgresSpec("db", Secret(url)))


async def idle(crowd: Crowd, number: int = 1, application: str = "forgetful") -> list[int]:
    clients = [
        await crowd.client("SELECT 42 AS forgotten", application_name=application) for _ in range(number)
    ]
    return [client.info.backend_pid for client in clients]


@pytest.mark.covers("postgres.terminate-idle", "success")
@pytest.mark.safety(1)
async def test_those_that_were_listed_end(crowd: Crowd, postgres: EmbeddedServer) -> None:
    here = acting(postgres.url)
    pids = await idle(crowd, 3)
    (other,) = await idle(crowd, application="careful")
    preview = await here.plan(ACTION, parameters=MINE)
    assert [int(line.split()[0]) for line in preview.affects] == pids
    assert all("forgetful" in line and "SELECT 42 AS forgotten" in line for line in preview.affects)
    # Came after the preview: not listed, not ended.
    (late,) = await idle(crowd)
    permit = Allowed()
    result = await here.run(preview, permit)
    assert result.came is Came.DONE, result
    assert result.message == "3 of 3 sessions ended"
    assert permit.asked == 3
    assert await crowd.count(pids) == 0
    assert await crowd.count([other, late]) == 2


@pytest.mark.covers("postgres.terminate-idle", "replaced")
@pytest.mark.safety(1)
async def test_who_went_on_meanwhile_is_left_alone(crowd: Crowd, postgres: EmbeddedServer) -> None:
    """Also one that is idle again, in the same session."""
    here = acting(postgres.url)
    awake = await crowd.client("SELECT 1", application_name="forgetful")
    (asleep,) = await idle(crowd)
    preview = await here.plan(ACTION, parameters=MINE)
    await awake.execute("SELECT 2")
    result = await here.run(preview)
    assert result.came is Came.DONE
    assert result.message == "1 of 2 sessions ended"
    assert "left alone" in result.tells[0]
    assert await crowd.count([awake.info.backend_pid]) == 1
    assert await crowd.count([asleep]) == 0


async def test_a_list_that_is_read_again_gets_no_longer(crowd: Crowd, postgres: EmbeddedServer) -> None:
    """As the guard does where it takes a while to confirm: who has gone is left out, who has come stays."""
    here = acting(postgres.url)
    going = await crowd.client("SELECT 1", application_name="forgetful")
    (asleep,) = await idle(crowd)
    preview = await here.plan(ACTION, parameters=MINE)
    (late,) = await idle(crowd)
    await going.rollback()
    again = await here.plan(ACTION, parameters=MINE, pinned=preview.identity)
    assert again.identity == preview.identity
    assert [int(line.split()[0]) for line in again.affects] == [asleep]
    assert (await here.run(again)).came is Came.DONE
    assert await crowd.count([asleep]) == 0
    assert await crowd.count([late, going.info.backend_pid]) == 2


@pytest.mark.covers("postgres.terminate-idle", "gone")
@pytest.mark.safety(4)
async def test_nobody_left_is_not_done(crowd: Crowd, postgres: EmbeddedServer) -> None:
    here = acting(postgres.url)
    awake = await crowd.client("SELECT 1", application_name="forgetful")
    preview = await here.plan(ACTION, parameters=MINE)
    await awake.execute("SELECT 2")
    assert (await here.run(preview)).came is Came.NOT_DONE


async def test_age_and_filters(crowd: Crowd, postgres: EmbeddedServer) -> None:
    here = acting(postgres.url)
    await idle(crowd)
    for parameters in (
        {"older-than": "1h", "application": "forgetful"},
        {"older-than": "0", "application": "nobody"},
        {**MINE, "user": "nobody"},
        {**MINE, "database": "nowhere"},
    ):
        assert (await refused(here.plan(ACTION, parameters=parameters))).kind == "gone"
    assert (await refused(here.plan(ACTION, parameters={"older-than": "soon"}))).kind == "argument"
    preview = await here.plan(ACTION, parameters={**MINE, "database": "postgres"})
    assert len(preview.affects) == 1


@pytest.mark.covers("postgres.terminate-idle", "refusal", "permission")
@pytest.mark.safety(4)
async def test_a_refusal_of_one_is_told_beside_the_rest(crowd: Crowd, postgres: EmbeddedServer) -> None:
    """A role may end sessions of its own and not those of a superuser."""
    await crowd.run("CREATE ROLE ender LOGIN PASSWORD 'pw'")
    await crowd.run("GRANT pg_monitor, pg_signal_backend TO ender")
    url = url_of(postgres, user="ender", password="pw")
    low = acting(url)
    try:
        (theirs,) = await idle(crowd)
        mine = await crowd.client("SELECT 1", url=url, application_name="forgetful")
        preview = await low.plan(ACTION, parameters=MINE)
        result = await low.run(preview)
        assert result.came is Came.NOT_DONE
        assert result.message == "1 of 2 sessions ended"
        assert any("superuser" in line for line in result.tells)
        assert await crowd.count([theirs]) == 1
        assert await crowd.count([mine.info.backend_pid]) == 0
    finally:
        await crowd.dismiss("usename = 'ender'")
        await crowd.run("DROP ROLE ender")


@pytest.mark.covers("postgres.terminate-idle", "read-only")
@pytest.mark.safety(11)
async def test_a_permit_that_goes_in_the_middle_stops_it(crowd: Crowd, postgres: EmbeddedServer) -> None:
    here = acting(postgres.url)
    pids = await idle(crowd, 3)
    preview = await here.plan(ACTION, parameters=MINE)
    assert (await refused(here.run(preview, Forbidden()))).kind == "read-only"
    assert await crowd.count(pids) == 3

    def from_the_second_on(asked: int) -> None:
        if asked > 1:
            raise Refused("read-only", "nothing may be changed (any more)")

    result = await here.run(preview, Allowed(from_the_second_on))
    assert result.came is Came.NOT_DONE
    assert "stopped in the middle" in " ".join(result.tells)
    assert await crowd.count(pids) == 2


@pytest.mark.covers("postgres.terminate-idle", "timeout")
@pytest.mark.safety(4, 9)
async def test_silence_in_the_middle_is_unknown(
    crowd: Crowd, postgres: EmbeddedServer, proxy: FaultProxy
) -> None:
    far = acting(through(proxy, postgres))
    pids = await idle(crowd, 3)
    preview = await far.plan(ACTION, parameters=MINE)

    def fall_silent(asked: int) -> None:
        if asked == 2:
            proxy.blackhole()

    permit = Allowed(fall_silent)
    result = await far.run(preview, permit)
    assert result.came is Came.UNKNOWN, result
    assert permit.asked == 2, "it went on without an answer"
    assert await crowd.count(pids) >= 1


async def test_cancelling_leaves_no_connection(
    crowd: Crowd, postgres: EmbeddedServer, proxy: FaultProxy
) -> None:
    far = acting(through(proxy, postgres))
    await idle(crowd)
    preview = await far.plan(ACTION, parameters=MINE)
    reached = asyncio.Event()

    def fall_silent(_: int) -> None:
        proxy.blackhole()
        reached.set()

    task = asyncio.create_task(far.run(preview, Allowed(fall_silent)))
    await asyncio.wait_for(reached.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    proxy.passes()
    proxy.wait_for_connections(0, timeout_s=30)


@pytest.mark.covers("postgres.terminate-idle", "down")
async def test_a_server_that_went_down_after_the_list_gets_nothing(
    crowd: Crowd, postgres: EmbeddedServer, proxy: FaultProxy
) -> None:
    far = acting(through(proxy, postgres))
    pids = await idle(crowd, 2)
    preview, permit = await far.plan(ACTION, parameters=MINE), Allowed()
    proxy.refuse()
    assert (await far.run(preview, permit)).came is Came.NOT_DONE
    assert permit.asked == 0
    assert (await refused(far.plan(ACTION, parameters=MINE))).kind == "unavailable"
    assert await crowd.count(pids) == 2


@pytest.mark.covers("postgres.terminate-idle", "replaced")
@pytest.mark.safety(1, 2)
async def test_what_was_on_the_screen_bounds_what_is_listed(crowd: Crowd, postgres: EmbeddedServer) -> None:
    """As the cockpit pins it: whoever has come since the key press, or came under a pid that was shown, is left out."""
    here = acting(postgres.url)
    (shown,) = await idle(crowd)
    source = PostgresSource(PostgresSpec("db", Secret(postgres.url)))
    data = (await source.observe()).data
    await source.aclose()
    assert isinstance(data, PostgresData)
    (session,) = (one for one in data.sessions if one.pid == shown)
    assert session.backend_start is not None
    pinned = idle_identity("those on the screen", [(shown, session.backend_start)])
    (late,) = await idle(crowd)
    preview = await here.plan(ACTION, parameters=MINE, pinned=pinned)
    assert [int(line.split()[0]) for line in preview.affects] == [shown]
    before = idle_identity("the one before", [(shown, "2020-01-01T00:00:00.000001+00:00")])
    assert (await refused(here.plan(ACTION, parameters=MINE, pinned=before))).kind == "gone"
    assert (await here.run(preview)).message == "1 of 1 sessions ended"
    assert await crowd.count([late]) == 1
