"""PostgreSQL, Redis and an HTTP endpoint, real ones, each behind a proxy that can make it sick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec import Struct

from tests.engines.http.servers import serving
from tests.faults.proxy import FaultProxy
from tests.servers.postgres import running
from tests.servers.redis import redis_binary
from triage_tui.lab.embedded.redis import start_redis


class Sick(Struct, frozen=True):
    """A server behind a proxy. url: through the proxy; plain: past it."""

    proxy: FaultProxy
    url: str
    plain: str


def _behind(url: str) -> Iterator[Sick]:
    parts = urlsplit(url)
    with FaultProxy((parts.hostname or "127.0.0.1", parts.port or 0)) as proxy:
        login, at, _ = parts.netloc.rpartition("@")
        yield Sick(proxy, parts._replace(netloc=f"{login}{at}127.0.0.1:{proxy.port}").geturl(), url)


@pytest.fixture(scope="module")
def database() -> Iterator[Sick]:
    """The newest PostgreSQL."""
    with running() as server:
        yield from _behind(server.url)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sick]:
    """Redis 6.2."""
    folder: Path = tmp_path_factory.mktemp("redis")
    with start_redis(folder, binary=redis_binary("6.2"), tcp=True) as server:
        yield from _behind(server.url)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Sick]:
    """A health check."""
    with serving() as port:
        yield from _behind(f"http://127.0.0.1:{port}/health")


@pytest.fixture(autouse=True)
def well_again(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test finds the proxies passing."""
    yield
    for name in ("database", "broker", "endpoint"):
        if name in request.fixturenames:
            request.getfixturevalue(name).proxy.passes()
