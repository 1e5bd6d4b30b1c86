"""Our own source of containers, unchanged, on the lab's engine: what it shows, and what it bears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import get_args

import pytest

from tests.engines.docker.looking import data_of, until
from tests.lab.engine.conftest import becomes, python, shell
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.lab.engine.api import Api, Faults
from triage_tui.lab.engine.api.faults import Lie, untrue
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.spec import HealthCheck, Port, Restart
from triage_tui.lab.engine.synthetic import SyntheticLauncher, populate
from triage_tui.model import ProblemKind, State
from triage_tui.sources.docker import DockerSource

FOREVER = "while :; do sleep 0.05; done"

Watch = Callable[[], DockerSource]


@pytest.fixture
async def watch(room: Path) -> AsyncIterator[Watch]:
    """Makes sources that look at the engine in the room; closed afterwards."""
    made: list[DockerSource] = []

    def one() -> DockerSource:
        made.append(DockerSource(DockerSpec("docker", Secret(f"unix://{room / 's'}")), environ={}))
        return made[-1]

    yield one
    for source in made:
        await source.aclose()


async def test_every_state_and_what_was_measured(served: Engine, watch: Watch) -> None:
    well, ill = (
        HealthCheck(("CMD-SHELL", script), interval_s=0.1, retries=1) for script in ("true", "false")
    )
    specs = (
        shell("shop-web-1", FOREVER, health=well, project="shop", service="web", ports=(Port(5432, 15_432),)),
        shell("ill", FOREVER, health=ill),
        shell("loop", "exit 7", restart=Restart("always")),
        shell("failed", "exit 3"),
        shell("held", FOREVER),
        python("busy", "while True: pass", memory_limit_bytes=256 << 20),
    )
    for spec in specs:
        await served.start(served.add(spec))
    served.add(shell("new", FOREVER))
    served.pause("held")
    source = watch()
    web = await until(source, "shop-web-1", lambda c: c.health == "healthy")
    assert (web.state, web.project, web.service, web.restarts) == ("running", "shop", "web", 0)
    assert (await until(source, "ill", lambda c: c.health == "unhealthy")).state == "running"
    assert (await until(source, "loop", lambda c: (c.restarts or 0) >= 2)).exit_code in (7, None)
    assert (await until(source, "failed", lambda c: c.state == "exited")).exit_code == 3
    assert (await until(source, "held", lambda c: c.state == "paused")).health is None
    assert (await until(source, "new", lambda c: c.state == "created")).cpu_percent is None
    busy = await until(source, "busy", lambda c: (c.cpu_percent or 0) > 5)
    assert busy.memory_bytes is not None
    assert 1 << 20 < busy.memory_bytes < 256 << 20
    assert busy.memory_limit_bytes == 256 << 20
    # Nobody counts what one process moves over the machine's interfaces, and unknown is not zero.
    assert busy.network_rx_bytes is None
    (published,) = source.published()
    assert (published.host, published.host_port, published.container_port) == ("127.0.0.1", 15_432, 5432)
    data = data_of(await source.observe())
    assert (data.engine, data.api_version, data.usage_from) == ("Docker", "1.41", "api")


async def test_killed_for_memory_and_restarted(served: Engine, watch: Watch) -> None:
    source = watch()
    await source.observe()
    code = "held = bytearray(b'x') * (120 << 20)\nimport time\ntime.sleep(300)"
    greedy = python("greedy", code, memory_limit_bytes=64 << 20, restart=Restart("on-failure", retries=1))
    await served.start(served.add(greedy))
    await becomes(served, "greedy", "exited")
    seen = await until(source, "greedy", lambda c: c.state == "exited")
    assert (seen.exit_code, seen.oom_killed, seen.restarts) == (137, True, 1)
    actions = [event.action for event in data_of(await source.observe()).events if event.name == "greedy"]
    assert actions.count("oom") == 2


async def test_recreated_behind_its_back(served: Engine, watch: Watch) -> None:
    source = watch()
    spec = shell("web", FOREVER)
    first = served.add(spec)
    await served.start("web")
    assert (await until(source, "web", lambda c: c.state == "running")).id == first
    second = await served.recreate("web", spec)
    assert (await until(source, "web", lambda c: c.id != first)).id == second


@pytest.fixture
async def huge(room: Path) -> AsyncIterator[Engine]:
    """Five hundred containers without processes."""
    async with Engine(room, launcher=SyntheticLauncher()) as engine:
        await populate(engine, 500)
        yield engine


async def test_five_hundred(huge: Engine, room: Path, watch: Watch) -> None:
    await huge.serve(room / "s")
    source = watch()
    data = data_of(await source.observe())
    assert len(data.containers) == 500
    states = {container.state for container in data.containers}
    assert {"running", "exited", "paused", "restarting", "created"} <= states
    async with asyncio.timeout(60):
        while sum(container.cpu_percent is not None for container in data.containers) < 100:
            data = data_of(await source.observe())


async def test_slow(served: Engine, answers: Api, watch: Watch) -> None:
    """It waits for an answer that comes within its bounds."""
    served.add(shell("web", FOREVER))
    answers.faults = Faults(slow_s=0.2)
    assert {container.name for container in data_of(await watch().observe()).containers} == {"web"}


async def test_silent(answers: Api, watch: Watch) -> None:
    answers.faults = Faults(silent=True)
    observation = await watch().observe()
    assert observation.state is not State.LIVE
    assert observation.problem is not None
    assert observation.problem.kind is ProblemKind.TIMEOUT


@pytest.mark.parametrize("lie", get_args(Lie))
async def test_lies_never_raise(served: Engine, answers: Api, watch: Watch, lie: Lie) -> None:
    """Whatever is told, a look says that it failed and why, or shows what it could read; and it recovers."""
    source = watch()
    for number in range(6):
        await served.start(served.add(shell(f"web-{number}", FOREVER)))
    for seed in range(4):
        answers.faults = Faults(lie=lie, seed=seed, after=seed % 3)
        async with asyncio.timeout(60):
            observation = await source.observe()
        if observation.state is not State.LIVE:
            assert observation.problem is not None
            assert observation.problem.next_step
    answers.faults = Faults()
    data = data_of(await source.observe())
    assert {container.name for container in data.containers} == {f"web-{number}" for number in range(6)}


def test_absurd_answers_hold_what_hurts() -> None:
    """They would prove nothing if they held nothing hostile."""
    body = b"[" + b",".join([b'{"Id": "a", "N": 1, "T": "x"}'] * 200) + b"]"
    told, _ = untrue("absurd", body, 1)
    assert b"\\u001b[2J" in told
    assert b"18446744073709551615" in told
    assert untrue("shape", body, 1)[0] != untrue("shape", body, 2)[0]
    assert untrue("half", body, 1)[0] == body[: len(body) // 2]


async def test_it_dies_in_the_middle_and_comes_back(room: Path, watch: Watch) -> None:
    source = watch()
    async with Engine(room) as first:
        died = asyncio.Event()
        api = Api(first, die=died.set)
        await api.open(room / "s")
        await first.start(first.add(shell("web", FOREVER)))
        assert data_of(await source.observe()).containers
        api.faults = Faults(die=True)
        observation = await source.observe()
        assert observation.state is not State.LIVE
        assert died.is_set()
        await api.close()
    assert (await source.observe()).problem is not None
    async with Engine(room) as second:
        await second.serve(room / "s")
        second.add(shell("other", FOREVER))
        await until(source, "other", lambda c: c.state == "created")
