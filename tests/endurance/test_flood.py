"""Logs that come faster than anybody can read them take bounded memory, and what was left out is counted."""

from __future__ import annotations

import asyncio

import psutil
import pytest

from tests.servers.docker import Engine, docker_engine
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.model.docker import DockerData
from triage_tui.model.logs import Logs
from triage_tui.sources.docker import DockerSource

__all__ = ["docker_engine"]

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

PATIENCE_S = 60.0
LEFT_OUT = 20_000
"""Lines. A container that writes as fast as it can writes some hundred thousand a second."""

MEMORY_BYTES = 50 << 20
LONGEST = 4_096
"""Characters of any line that are ever looked at, and more than that."""

FLOODS = {
    "short": "yes 'INFO nothing of interest 12345'",
    "long": "line=$(head -c 100000 /dev/zero | tr '\\0' x); while :; do echo ERROR $line; done",
    "endless": "cat /dev/zero | tr '\\0' y",
}


async def test_floods_of_lines(docker_engine: Engine) -> None:
    longest = 0

    def recognise(line: str) -> str | None:
        nonlocal longest
        longest = max(longest, len(line))
        return "test/error" if "ERROR" in line else None

    source = DockerSource(DockerSpec("docker", Secret(docker_engine.url)), environ={}, recognise=recognise)
    process = psutil.Process()
    try:
        with docker_engine.several({name: {"script": script} for name, script in FLOODS.items()}):
            await _look(source)
            before = process.memory_info().rss
            most = 0
            logs: Logs | None = None
            try:
                async with asyncio.timeout(PATIENCE_S):
                    while logs is None or logs.dropped < LEFT_OUT or not logs.hits:
                        logs = await _look(source)
                        most = max(most, process.memory_info().rss)
                        await asyncio.sleep(0.1)
            except TimeoutError:
                raise AssertionError(f"too little was left out: {logs}") from None
    finally:
        await source.aclose()
    assert most - before < MEMORY_BYTES
    assert longest <= LONGEST
    assert {hit.container for hit in logs.hits} == {"long"}
    assert logs.dropped_by["short"] > 0


async def _look(source: DockerSource) -> Logs | None:
    data = (await source.observe()).data
    return data.logs if isinstance(data, DockerData) else None
