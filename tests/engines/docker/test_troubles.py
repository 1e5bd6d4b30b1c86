"""Engines that are away, deaf, not engines, or not for us: each in words of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.engines.docker.conftest import Watch
from tests.engines.docker.looking import data_of, look, said, until
from tests.faults.proxy import FaultProxy
from tests.servers.docker import Engine
from triage_tui.model import ProblemKind, State

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

FOREVER = "while :; do sleep 1; done"


def open_descriptors() -> int:
    """Of this process."""
    return len(list(Path("/proc/self/fd").iterdir()))


def create_context(name: str, engine: str, environ: dict[str, str]) -> None:
    """As people do."""
    argv = ["docker", "context", "create", name, "--docker", f"host={engine}"]
    subprocess.run(argv, env=environ, check=True, capture_output=True, timeout=60)


async def test_a_connection_that_fails_in_every_way(docker_engine: Engine, watch: Watch) -> None:
    """Refused, silent, nonsense, half an answer, cut; well again afterwards, with the same source."""
    with FaultProxy(docker_engine.socket) as proxy:
        source = watch(f"unix://{proxy.path}")
        data_of(await source.observe())
        words = set()
        proxy.refuse()
        words.add(said(await source.observe(), ProblemKind.REFUSED))
        proxy.garbage()
        words.add(said(await source.observe(), ProblemKind.PROTOCOL))
        proxy.blackhole()
        words.add(said(await source.observe(), ProblemKind.TIMEOUT))
        proxy.cut(9)
        words.add(said(await source.observe(), ProblemKind.PROTOCOL, "closed in the middle of an answer"))
        proxy.half_answer(40)
        assert (await source.observe()).problem is not None
        proxy.passes()
        for _ in range(3):
            last = await source.observe()
        data_of(last)
        assert len(words) == 4


async def test_addresses(watch: Watch, tmp_path: Path) -> None:
    """No socket, a file that is none, no such host, a port where nobody listens, a scheme that is none."""
    words = {said(await watch(f"unix://{tmp_path}/none.sock").observe(), ProblemKind.REFUSED)}
    words.add(said(await watch("tcp://no-such-host.invalid:2375").observe(), ProblemKind.DNS))
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        words.add(said(await watch(f"tcp://127.0.0.1:{port}").observe(), ProblemKind.REFUSED))
    assert (await watch("gopher://x").observe()).problem is not None
    assert len(words) == 3


async def test_contexts(docker_engine: Engine, watch: Watch, tmp_path: Path) -> None:
    """A context's engine is used; an unknown name is an error that names those there are, never the local engine."""
    environ = {"DOCKER_CONFIG": str(tmp_path), "PATH": os.environ["PATH"]}
    create_context("staging", docker_engine.url, environ)
    source = watch(None, context="staging", environ=environ)
    data_of(await source.observe())
    assert source.target.endpoint == f"{docker_engine.url} (context staging)"
    observation = await watch(None, context="stagin", environ=environ).observe()
    assert "staging" in said(observation, ProblemKind.MISSING, "stagin") + (
        observation.problem.next_step if observation.problem else ""
    )


async def test_tls(own_docker_engine: Engine, watch: Watch) -> None:
    """With the right certificates; without; and plainly against a port that speaks TLS."""
    url = f"tcp://127.0.0.1:{own_docker_engine.tls_port}"
    certificates = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(own_docker_engine.certificates)}
    data_of(await watch(None, environ={**certificates, "DOCKER_HOST": url}).observe())
    said(await watch(url).observe(), ProblemKind.TLS)


async def test_an_engine_that_stops_and_comes_back(own_docker_engine: Engine, watch: Watch) -> None:
    """Down in its own words; afterwards everything is listed and inspected again."""
    engine = own_docker_engine
    source = watch(engine.url)
    assert await look(source) == {}
    engine.stop()
    assert (await source.observe()).state is State.DOWN
    engine.start_again()
    with engine.container("web", FOREVER):
        seen = await until(source, "web", lambda c: c.state == "running" and c.restarts == 0)
    assert seen.exit_code is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_socket_that_may_not_be_opened(docker_engine: Engine, tmp_path: Path) -> None:
    """The words name the group that would help."""
    program = f"""
import asyncio, json, os
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.sources.docker import DockerSource
async def main():
    source = DockerSource(DockerSpec("docker", Secret({docker_engine.url!r})), environ={{}})
    import triage_tui.sources.docker.source  # everything is loaded before the rights are gone
    import docker, requests
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
    problem = (await source.observe()).problem
    print(json.dumps([problem.kind, problem.message, problem.next_step]))
    await source.aclose()
asyncio.run(main())
"""
    docker_engine.folder.chmod(0o755)
    docker_engine.socket.chmod(0o660)
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, told.stderr
    kind, message, step = json.loads(told.stdout)
    assert kind == ProblemKind.PERMISSION
    assert message
    assert "group" in step or "root" in step


async def test_a_hundred_hangs_keep_their_caps(docker_engine: Engine, watch: Watch) -> None:
    """Threads, connections and descriptors: the look is cancelled as the engine cancels it."""
    with FaultProxy(docker_engine.socket) as proxy:
        source = watch(f"unix://{proxy.path}")
        data_of(await source.observe())
        threads, descriptors = threading.active_count(), open_descriptors()
        proxy.blackhole()
        most = 0
        for _ in range(100):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(source.observe(), 0.02)
            most = max(most, threading.active_count() - threads)
        assert most <= 20
        assert open_descriptors() - descriptors <= 40
        proxy.passes()
        for _ in range(200):
            if (last := await source.observe()).problem is None:
                break
            await asyncio.sleep(0.05)
        data_of(last)
