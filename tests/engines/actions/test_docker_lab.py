"""The same orders to the lab's engine, which needs neither root nor Docker."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engines.actions.acting import Acting, refused
from tests.engines.actions.wire import Wire
from triage_tui.actions.act import Came
from triage_tui.actions.docker import ACTIONS
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.spec import ServiceSpec


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    """A line to an engine with one service."""
    room = Path(tempfile.mkdtemp(prefix="triage-e-", dir="/tmp"))
    try:
        async with Engine(room) as engine:
            await engine.serve(room / "s")
            script = "trap 'exit 0' TERM; while :; do sleep 0.1; done"
            await engine.start(engine.add(ServiceSpec("act-lab", "busybox:triage", ("sh", "-c", script))))
            async with Wire(room / "s") as one:
                yield one
    finally:
        shutil.rmtree(room, ignore_errors=True)


async def test_orders_are_kept_and_pinned_to_one_run(wire: Wire) -> None:
    here = Acting(ACTIONS, DockerSpec("docker", Secret(wire.url)))
    old = await here.plan("docker.kill", "act-lab")
    restarted = await here.act("docker.restart", "act-lab")
    assert restarted.came is Came.DONE, restarted
    assert (await refused(here.run(old))).kind == "changed"
    assert [one.rpartition("/")[2] for one in wire.changing] == ["restart"]
    for verb in ("pause", "unpause", "stop", "start", "kill"):
        result = await here.act(f"docker.{verb}", "act-lab")
        assert result.came is Came.DONE, (verb, result)
