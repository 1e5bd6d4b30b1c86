"""Servers, clients and sources for the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest

from tests.engines.postgres.crowd import Crowd
from tests.faults.proxy import FaultProxy
from tests.servers.postgres import any_postgres, postgres
from triage_tui.config.secret import Secret
from triage_tui.config.settings import PostgresSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Observation, Problem
from triage_tui.model.postgres import PostgresData
from triage_tui.sources.postgres import PostgresSource

__all__ = ["any_postgres", "postgres"]

OpenSource = Callable[..., PostgresSource]


@pytest.fixture
async def open_source() -> AsyncIterator[OpenSource]:
    """Makes sources that are closed when the test ends."""
    async with AsyncExitStack() as opened:

        def make(url: str) -> PostgresSource:
            source = PostgresSource(PostgresSpec("db", Secret(url)))
            opened.push_async_callback(source.aclose)
            return source

        yield make


@pytest.fixture
async def crowd(postgres: EmbeddedServer) -> AsyncIterator[Crowd]:
    """Clients of the newest server."""
    async with Crowd(postgres.url) as crowd:
        yield crowd


@pytest.fixture
async def any_crowd(any_postgres: EmbeddedServer) -> AsyncIterator[Crowd]:
    """Clients of a server of each version."""
    async with Crowd(any_postgres.url) as crowd:
        yield crowd


@pytest.fixture
def proxy(postgres: EmbeddedServer) -> Iterator[FaultProxy]:
    """A way to the newest server on which things go wrong."""
    parts = urlsplit(postgres.url)
    assert parts.hostname is not None
    assert parts.port is not None
    with FaultProxy((parts.hostname, parts.port)) as proxy:
        yield proxy


def through(proxy: FaultProxy, server: EmbeddedServer) -> str:
    """The server's URL by way of the proxy."""
    parts = urlsplit(server.url)
    return server.url.replace(f":{parts.port}/", f":{proxy.port}/")


def url_of(
    server: EmbeddedServer,
    *,
    user: str | None = None,
    password: str | None = None,
    database: str = "postgres",
) -> str:
    """The server's URL for another user or database."""
    parts = urlsplit(server.url)
    name = user or parts.username
    secret = password if user else parts.password
    return f"postgresql://{name}{f':{secret}' if secret else ''}@{parts.hostname}:{parts.port}/{database}"


async def failure(source: PostgresSource) -> Problem:
    """The problem of a look that must fail, with what every problem has to have."""
    observation = await source.observe()
    problem = observation.problem
    assert problem is not None
    assert observation.data is None
    assert problem.message
    assert problem.next_step.endswith((".", ")", ";"))
    return problem


async def look(source: PostgresSource) -> PostgresData:
    """The data of a look that must succeed."""
    observation = await source.observe()
    assert observation.problem is None, observation.problem
    assert isinstance(observation.data, PostgresData)
    return observation.data


def gaps(observation: Observation) -> dict[str, str]:
    """What is missing, and what would bring it back."""
    return {
        gap.part: f"{gap.problem.kind}: {gap.problem.message}. {gap.problem.next_step}"
        for gap in observation.gaps
    }
