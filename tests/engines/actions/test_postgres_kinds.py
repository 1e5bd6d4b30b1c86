"""Every version of the server, and a pooler in between."""

from __future__ import annotations

import pytest

from tests.engines.actions.acting import Acting
from tests.engines.actions.patience import long_patience
from tests.engines.postgres.conftest import any_crowd, crowd
from tests.engines.postgres.crowd import Crowd
from tests.servers.pgbouncer import running
from tests.servers.postgres import any_postgres, postgres
from triage_tui.actions.act import Came
from triage_tui.actions.postgres import ACTIONS
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PostgresSpec
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["any_crowd", "any_postgres", "crowd", "long_patience", "postgres"]

pytestmark = [pytest.mark.postgres, pytest.mark.usefixtures("long_patience")]

MINE = {"older-than": "0s", "application": "forgetful"}


async def all_of_it(crowd: Crowd, url: str) -> None:
    """A statement, a session, and those that are idle."""
    here = Acting(ACTIONS, PostgresSpec("db", Secret(url)))
    holder = await crowd.client("SELECT pg_advisory_lock(77)", application_name="holder")
    waiter = await crowd.client(application_name="waiter")
    waiting = await crowd.waiting(waiter, "SELECT pg_advisory_lock(77)")
    preview = await here.plan("postgres.terminate", holder.info.backend_pid)
    assert any(str(waiter.info.backend_pid) in line for line in preview.affects)
    assert "advisory" in dict(preview.facts)["locks held"]
    cancel = await here.plan("postgres.cancel", waiter.info.backend_pid)
    assert (await here.run(cancel)).came is Came.DONE
    assert getattr(await waiting, "sqlstate", None) == "57014"
    assert (await here.run(preview)).came is Came.DONE
    assert await crowd.count([holder.info.backend_pid]) == 0
    await waiter.rollback()
    idle = await crowd.client("SELECT 1", application_name="forgetful")
    result = await here.act("postgres.terminate-idle", parameters=MINE)
    assert result.came is Came.DONE, result
    assert await crowd.count([idle.info.backend_pid]) == 0


async def test_every_version(any_crowd: Crowd, any_postgres: EmbeddedServer) -> None:
    await all_of_it(any_crowd, any_postgres.url)


@pytest.mark.parametrize("mode", ["transaction", "session"])
async def test_through_a_pooler(crowd: Crowd, postgres: EmbeddedServer, mode: str) -> None:
    with running(postgres, mode=mode) as pooler:
        await all_of_it(crowd, pooler.url)
