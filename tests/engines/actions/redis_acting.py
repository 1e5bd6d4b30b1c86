"""A Redis server for a whole module of tests, emptied for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from tests.faults.proxy import FaultProxy
from tests.servers.redis import redis_binary
from tests.servers.require import unavailable
from triage_tui.lab.embedded.redis import start_redis
from triage_tui.lab.embedded.server import EmbeddedServer, StartError


@pytest.fixture(scope="module", params=["6.2", "8"])
def redis_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedServer]:
    """The oldest version and the newest, over TCP."""
    folder: Path = tmp_path_factory.mktemp("redis")
    try:
        server = start_redis(folder, binary=redis_binary(request.param), settings={}, tcp=True)
    except StartError as error:
        unavailable("redis", str(error))
    with server:
        yield server


@pytest.fixture
def client(redis_server: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client of the test's own, which finds an empty server."""
    with redis.Redis.from_url(redis_server.url) as connected:
        connected.flushall()
        yield connected


@pytest.fixture
def redis_proxy(redis_server: EmbeddedServer) -> Iterator[FaultProxy]:
    """A way to the server on which things go wrong."""
    with FaultProxy(("127.0.0.1", port_of(redis_server))) as proxy:
        yield proxy


def port_of(server: EmbeddedServer) -> int:
    """Where the server listens."""
    port = urlsplit(server.url).port
    assert port is not None
    return port


def by_way_of(port: int, server: EmbeddedServer) -> str:
    """The server's url over another port of loopback."""
    return server.url.replace(f":{port_of(server)}", f":{port}")
