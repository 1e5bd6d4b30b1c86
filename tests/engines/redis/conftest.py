"""A server of each version, and sources that are closed when their test ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import redis

from tests.engines.redis.looking import Watching
from tests.servers.redis import StartRedis, start
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["start"]


@pytest.fixture(params=["6.2", "8"])
def server(request: pytest.FixtureRequest, start: StartRedis) -> EmbeddedServer:
    """A server of its own for the test, once of the oldest version and once of the newest."""
    return start(request.param, tcp=True)


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client of the test's own, which may write."""
    with redis.Redis.from_url(server.url) as connected:
        yield connected


@pytest.fixture
async def watch() -> AsyncIterator[Watching]:
    """Makes sources: `watch(url, queue_databases=(0, 1))`."""
    watching = Watching()
    yield watching
    await watching.aclose()
