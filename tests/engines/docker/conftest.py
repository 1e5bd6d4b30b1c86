"""An engine, and sources that are closed when their test ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.servers.docker import docker_engine, own_docker_engine
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.sources.docker import DockerSource

__all__ = ["docker_engine", "own_docker_engine"]

Watch = Callable[..., DockerSource]


@pytest.fixture
async def watch() -> AsyncIterator[Watch]:
    """Makes sources: `watch("unix:///…", host_root=None)`."""
    made: list[DockerSource] = []

    def one(url: str | None, *, context: str | None = None, **options: Any) -> DockerSource:
        spec = DockerSpec("docker", Secret(url) if url is not None else None, context)
        made.append(DockerSource(spec, environ=options.pop("environ", {}), **options))
        return made[-1]

    yield one
    for source in made:
        await source.aclose()
