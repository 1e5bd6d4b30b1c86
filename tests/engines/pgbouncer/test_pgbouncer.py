"""A real pooler in front of a real server: its pools, who waits, and who is behind a backend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.faults.proxy import FaultProxy
from tests.servers.pgbouncer import STRANGER, STRANGER_PASSWORD, Pooler, running
from tests.servers.postgres import postgres
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PgbouncerSpec, PostgresSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Observation, ProblemKind, State
from triage_tui.model.pgbouncer import PgbouncerData
from triage_tui.model.postgres import PostgresData
from triage_tui.sources.pgbouncer import PgbouncerSource
from triage_tui.sources.postgres import PostgresSource

__all__ = ["postgres"]

pytestmark = pytest.mark.postgres

PATIENCE_S = 60.0
Open = Callable[[str], PgbouncerSource]


@pytest.fixture
async def watch() -> AsyncIterator[Open]:
    async with AsyncExitStack() as opened:

        def make(url: str) -> PgbouncerSource:
            source = PgbouncerSource(PgbouncerSpec("pooler", Secret(url)))
            opened.push_async_callback(source.aclose)
            return source

        yield make


def data_of(seen: Observation) -> PgbouncerData:
    assert seen.state is State.LIVE, seen.problem
    assert isinstance(seen.data, PgbouncerData)
    return seen.data


async def until(source: PgbouncerSource, wanted: Callable[[PgbouncerData], bool]) -> PgbouncerData:
    data: PgbouncerData | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                data = data_of(await source.observe())
                if wanted(data):
                    return data
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"it did not become as wanted: {data}") from None


async def client(pooler: Pooler, name: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(pooler.url, application_name=name, prepare_threshold=None)


async def test_waiting_clients_and_the_one_who_keeps_them_waiting(
    postgres: EmbeddedServer, watch: Open
) -> None:
    """One connection for all: its client is named by the address that it has at the pooler, not the pooler's own."""
    with running(postgres) as pooler:
        source = watch(pooler.console())
        async with AsyncExitStack() as clients:
            holder = await clients.enter_async_context(await client(pooler, "billing-report"))
            await holder.execute("SELECT 1")
            second = await clients.enter_async_context(await client(pooler, "shop"))
            waiting = asyncio.create_task(second.execute("SELECT 1"))
            try:
                data = await until(
                    source, lambda seen: any(p.cl_waiting and p.maxwait_s > 0 for p in seen.pools)
                )
                (pool,) = data.pools
                assert (pool.database, pool.user) == ("postgres", "postgres")
                assert (pool.cl_active, pool.cl_waiting, pool.sv_active, pool.size) == (1, 1, 1, 1)
                assert pool.mode == "transaction"
                assert data.clients == 2
                assert data.max_clients == 100
                assert data.version.startswith("1.")
                assert data.linked is not None
                (linked,) = data.linked
                assert linked.application == "billing-report"
                await _names_the_real_client(postgres, data)
            finally:
                await holder.rollback()
                await waiting
        await until(source, lambda seen: all(pool.cl_waiting == 0 for pool in seen.pools))


async def _names_the_real_client(postgres: EmbeddedServer, data: PgbouncerData) -> None:
    """PostgreSQL takes the pooler for the client; the pooler knows the real one."""
    source = PostgresSource(PostgresSpec("db", Secret(postgres.url)))
    try:
        seen = await source.observe()
    finally:
        await source.aclose()
    assert isinstance(seen.data, PostgresData)
    backends = [one for one in seen.data.sessions if one.state == "idle in transaction"]
    behind = [found for one in backends if (found := data.behind(one.pid, one.client)) is not None]
    assert [one.application for one in behind] == ["billing-report"]
    assert behind[0].client.startswith("127.0.0.1:")
    assert behind[0].client != behind[0].via


async def test_rights_that_lack_are_named(postgres: EmbeddedServer, watch: Open) -> None:
    """A user of no list may not use the console; a wrong password is another matter."""
    with running(postgres) as pooler:
        stranger = await watch(pooler.console(STRANGER, STRANGER_PASSWORD)).observe()
        assert stranger.problem is not None
        assert stranger.problem.kind is ProblemKind.PERMISSION
        assert "stats_users" in stranger.problem.next_step
        wrong = await watch(pooler.console(password="no")).observe()
        assert wrong.problem is not None
        assert wrong.problem.kind is ProblemKind.AUTH
        assert "stranger" not in str(wrong)


async def test_the_database_in_the_url_does_not_matter(postgres: EmbeddedServer, watch: Open) -> None:
    """The console has one name."""
    with running(postgres) as pooler:
        source = watch(pooler.console().replace("/pgbouncer", "/shop"))
        data_of(await source.observe())
        assert source.target.endpoint.endswith("/pgbouncer")


async def test_a_server_is_no_pooler(postgres: EmbeddedServer, watch: Open) -> None:
    """And says so."""
    seen = await watch(postgres.url).observe()
    assert seen.problem is not None
    assert seen.data is None
    assert seen.problem.next_step


async def test_gone_silent_and_back(postgres: EmbeddedServer, watch: Open) -> None:
    """Refused, then silent, then there again: each look ends, and the last one brings data."""
    with running(postgres) as pooler, FaultProxy(("127.0.0.1", pooler.port)) as proxy:
        source = watch(pooler.console().replace(f":{pooler.port}/", f":{proxy.port}/"))
        data_of(await source.observe())
        proxy.reset()
        lost = await source.observe()
        assert lost.data is None or lost.state is State.LIVE
        proxy.refuse()
        refused = await source.observe()
        assert refused.problem is not None
        assert refused.problem.kind is ProblemKind.REFUSED
        proxy.passes()
        data_of(await source.observe())


def test_nothing_of_a_malformed_url_is_repeated() -> None:
    source = PgbouncerSource(PgbouncerSpec("p", Secret("postgresql://u:hunter2@[::1/x")))
    assert "hunter2" not in source.target.endpoint
    assert urlsplit(source.target.endpoint).password is None
