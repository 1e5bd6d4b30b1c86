"""A container that ended, started again by an order: looked at until it is known whether that helped."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engines.actions.test_docker import SLEEPS
from tests.servers.docker import Engine as Docker
from tests.servers.docker import docker_engine
from triage_tui.actions.act import Came, Order
from triage_tui.actions.audit import AuditLog
from triage_tui.actions.audit.runs import runs_of
from triage_tui.actions.following import follow, seen_now
from triage_tui.actions.history import history
from triage_tui.actions.perform import Performer
from triage_tui.actions.reach import EngineReach
from triage_tui.actions.switch import Switch
from triage_tui.actions.verdict import Verdict
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, Settings
from triage_tui.engine import Engine

__all__ = ["docker_engine"]

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("docker")]

KEY = ("docker.exited", "docker", "act-ended")


async def until(what: str, check: Callable[[], bool], timeout_s: float = 60.0) -> None:
    end = time.monotonic() + timeout_s
    while not check():
        assert time.monotonic() < end, f"{what}: not after {timeout_s:g} s"
        await asyncio.sleep(0.05)


async def test_what_was_started_again_is_fixed_and_remembered(docker_engine: Docker, tmp_path: Path) -> None:
    spec = DockerSpec("docker", Secret(docker_engine.url), interval_s=0.3, logs=False)
    settings = Settings("dev", read_only=False, targets=(spec,), discover=False)
    log = AuditLog(tmp_path / "triage-tui")
    marker = "[ -e /again ] || { : > /again; exit 1; }; "
    with docker_engine.container("act-ended", marker + SLEEPS, restart="no"), Engine(settings) as engine:
        performer = Performer(EngineReach(engine), Switch(settings), log)
        await until("the finding", lambda: seen_now(engine, KEY).present is True)
        before = seen_now(engine, KEY)
        preview = await performer.plan(Order("docker.start", "docker", "act-ended", finding=KEY))
        run, result = await performer.run_known(preview)
        assert result.came is Came.DONE, result
        told: list[str] = []
        judgement = await follow(engine, performer, run, KEY, before, told.append, wait_s=45.0, hold_s=1.0)
        assert judgement.verdict is Verdict.FIXED, judgement
        assert told
        runs = runs_of(log.records())
        assert str(history(runs, "docker.start", "docker.exited")).startswith("worked 1 of 1 time, last on ")
