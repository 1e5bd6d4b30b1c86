"""Real servers, and ways to them on which things go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from tests.engines.http.servers import serving
from tests.faults.proxy import FaultProxy
from tests.servers.docker import Engine
from tests.servers.postgres import running
from tests.servers.redis import redis_binary
from triage_tui.lab.embedded.redis import start_redis


class Way(Struct, frozen=True):
    """A server of one kind (as triage.toml names it) through a proxy of its own. url: the proxy's side of it."""

    kind: str
    proxy: FaultProxy
    url: str


@contextmanager
def servers(folder: Path, engine: Engine | None) -> Iterator[dict[str, str]]:
    """PostgreSQL, Redis and an HTTP endpoint, and Docker where there is an engine: their addresses by kind."""
    with ExitStack() as stack:
        database = stack.enter_context(running())
        broker = stack.enter_context(start_redis(folder, binary=redis_binary("6.2"), tcp=True))
        port = stack.enter_context(serving())
        urls = {"postgres": database.url, "redis": broker.url, "http": f"http://127.0.0.1:{port}/health"}
        yield {"docker": engine.url, **urls} if engine is not None else urls


@contextmanager
def way(kind: str, url: str) -> Iterator[Way]:
    """A proxy in front of a server."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        with FaultProxy(Path(parts.path)) as proxy:
            yield Way(kind, proxy, f"unix://{proxy.path}")
        return
    with FaultProxy((parts.hostname or "127.0.0.1", parts.port or 0)) as proxy:
        login, at, _ = parts.netloc.rpartition("@")
        yield Way(kind, proxy, parts._replace(netloc=f"{login}{at}{proxy.host}:{proxy.port}").geturl())
