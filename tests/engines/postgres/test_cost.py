"""A look costs the same number of statements however much there is to see, as the server itself counts them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.engines.postgres.conftest import OpenSource, look
from tests.engines.postgres.crowd import Crowd
from tests.servers.postgres import NEWEST, has_statements, running
from tests.servers.require import unavailable
from triage_tui.sources.postgres import PostgresSource, blockers, probes, waits

pytestmark = pytest.mark.postgres

MOST_PER_LOOK = 10
"""Connections, sessions, databases, prepared transactions, locks; and at a slower pace standbys, slots and others."""


@pytest.fixture
async def counted() -> AsyncIterator[Crowd]:
    """A server of our own that counts statements, so that nobody else's are among them."""
    if not has_statements(NEWEST):
        unavailable("postgres", f"version {NEWEST} comes without pg_stat_statements")
    with running() as server:
        async with Crowd(server.url) as crowd:
            await crowd.run("CREATE EXTENSION pg_stat_statements")
            yield crowd


async def cost(crowd: Crowd, source: PostgresSource, looks: int = 5) -> dict[str, int]:
    """What these looks together cost: executions by statement."""
    await crowd.run("SELECT pg_stat_statements_reset()")
    for _ in range(looks):
        await look(source)
    rows = await crowd.run(
        "SELECT query, calls FROM pg_stat_statements WHERE query LIKE '%/* triage-tui */%'"
    )
    everything = await crowd.run(
        "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'"
    )
    counts = dict(rows)
    # Every statement of ours carries our mark, so that people can tell whose they are.
    assert everything == [(sum(counts.values()),)]
    return counts


async def test_many_sessions_databases_and_waiters_cost_no_more_statements(
    counted: Crowd, open_source: OpenSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Otherwise a slow machine would ask some of them more or less often.
    monkeypatch.setattr(probes, "DUTY", 0)
    monkeypatch.setattr(waits, "LOCKS_AGAIN_S", 3600)
    monkeypatch.setattr(blockers, "AGAIN_S", 3600)
    await counted.client("SELECT pg_advisory_lock(1)", autocommit=True)
    first = await counted.client()
    await counted.waiting(first, "SELECT pg_advisory_xact_lock(1)")
    source = open_source(counted.url)
    await look(source)
    few = await cost(counted, source)

    for number in range(5):
        await counted.run(f"CREATE DATABASE more_{number}")
    crowd = await asyncio.gather(*(counted.client() for _ in range(40)))
    for client in crowd[:20]:
        await counted.waiting(client, "SELECT pg_advisory_xact_lock(1)")
    source = open_source(counted.url)
    data = await look(source)
    assert len(data.blocking) == 22
    assert len(data.databases) == 7
    many = await cost(counted, source)

    assert many == few
    assert sum(many.values()) <= 5 * MOST_PER_LOOK
    assert max(many.values()) == 5


async def test_what_changes_slowly_is_not_asked_at_each_look(counted: Crowd, open_source: OpenSource) -> None:
    source = open_source(counted.url)
    await look(source)
    asked = " ".join(await cost(counted, source))
    for slow in ("pg_database_size", "pg_extension", "FROM pg_database", "pg_roles", "server_version"):
        assert slow not in asked
