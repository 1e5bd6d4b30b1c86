"""The cast of `questions`, on a real engine and on the lab's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from tests.lab.engine.questions import CAST, NETWORK, PORT
from tests.servers.docker import Engine as Docker
from tests.servers.docker import wait_for
from triage_tui.lab.embedded.server import free_port
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.spec import HealthCheck, Port, Restart, ServiceSpec

FOREVER = "while :; do sleep 1; done"
TALKING = f"echo out; echo err >&2; {FOREVER}"
LABELS = {"role": "front"}
PATIENCE_S = 30.0
_MIB = 1 << 20


@contextlib.contextmanager
def docker_cast(engine: Docker, *, settled: bool = False) -> Iterator[int]:
    """On a real one; gone afterwards. Yields the port that `web` is published on.

    settled: `loop` will not be restarted while it is asked about
    """
    published = free_port()
    engine.api.create_network(NETWORK, driver="bridge", labels={"com.docker.compose.project": "triage"})
    try:
        engine.run(
            "web",
            TALKING,
            health="echo fine",
            memory="64m",
            network=NETWORK,
            ports={f"{PORT}/tcp": ("127.0.0.1", published)},
            labels=LABELS,
            environment={"COLOUR": "blue"},
        )
        engine.run("ill", FOREVER, health="echo no; false")
        engine.run("loop", "exit 7", restart="always")
        engine.run("failed", "exit 3")
        engine.run("greedy", "sleep 0.3; tail /dev/zero", memory="8m")
        engine.run("held", FOREVER)
        engine.api.pause("held")
        engine.run("new", FOREVER, start=False)
        wait_for("web is well", lambda: engine.state("web")["Health"]["Status"] == "healthy")
        wait_for("ill is ill", lambda: engine.state("ill")["Health"]["Status"] == "unhealthy")
        wait_for("greedy is gone", lambda: engine.state("greedy")["Status"] == "exited")
        least = 7 if settled else 1
        wait_for("loop waits", lambda: engine.api.inspect_container("loop")["RestartCount"] >= least)
        yield published
    finally:
        for name in CAST:
            engine.remove(name)
        engine.api.remove_network(NETWORK)


@contextlib.asynccontextmanager
async def lab_cast(folder: Path, socket: Path) -> AsyncIterator[int]:
    """On the lab's own, which answers on the socket. Yields the port that `web` says it is published on."""
    published = 18_099
    async with Engine(folder) as engine:
        for spec in _specs(published):
            engine.add(spec)
            if spec.name != "new":
                await engine.start(spec.name)
        engine.pause("held")
        await engine.serve(socket)
        async with asyncio.timeout(PATIENCE_S):
            for name, health in (("web", "healthy"), ("ill", "unhealthy")):
                await engine.find(name).until(
                    lambda name=name, health=health: _health(engine, name) == health
                )
            await engine.find("greedy").until(lambda: engine.find("greedy").state.word == "exited")
            # Its next restart is further away then than all questions take.
            await engine.find("loop").until(lambda: engine.find("loop").restarts > 5)
            await engine.find("loop").until(lambda: engine.find("loop").state.word == "restarting")
        yield published


def shell(name: str, script: str, **options: object) -> ServiceSpec:
    """A service that runs a shell script."""
    return ServiceSpec(name, "busybox:triage", ("sh", "-c", script), **options)  # type: ignore[arg-type]


def _health(engine: Engine, name: str) -> str | None:
    health = engine.find(name).health
    return health.status if health is not None else None


def _specs(published: int) -> list[ServiceSpec]:
    def check(script: str) -> HealthCheck:
        return HealthCheck(("CMD-SHELL", script), interval_s=0.2, timeout_s=30.0, retries=1)

    return [
        shell(
            "web",
            TALKING,
            health=check("echo fine"),
            memory_limit_bytes=64 * _MIB,
            project="triage",
            labels=LABELS,
            env={"COLOUR": "blue"},
            ports=(Port(PORT, published),),
        ),
        shell("ill", FOREVER, health=check("echo no; false")),
        shell("loop", "exit 7", restart=Restart("always")),
        shell("failed", "exit 3"),
        shell("greedy", "sleep 0.3; tail /dev/zero", memory_limit_bytes=8 * _MIB),
        shell("held", FOREVER),
        shell("new", FOREVER),
    ]
