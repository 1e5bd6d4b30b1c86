"""Engines of the lab's own, in folders whose paths are short enough for a socket."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import docker
import pytest

from triage_tui.lab.engine.api import Api
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.spec import ServiceSpec

PATIENCE_S = 30.0


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="triage-e-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def engine(room: Path) -> AsyncIterator[Engine]:
    """An engine without containers; all that a test starts ends with it."""
    async with Engine(room) as opened:
        yield opened


@pytest.fixture
async def answers(engine: Engine, room: Path) -> Api:
    """What answers for it, on `s` in its folder."""
    return await engine.serve(room / "s")


@pytest.fixture
def served(engine: Engine, answers: Api) -> Engine:
    """The same engine, and it answers."""
    return engine


@pytest.fixture
def api(served: Engine, room: Path) -> Iterator[docker.APIClient]:
    """A client of Docker's SDK, to be used on another thread than the engine's."""
    client = docker.APIClient(base_url=f"unix://{room / 's'}", version="1.41", timeout=30)
    yield client
    client.close()


def shell(name: str, script: str, **options: object) -> ServiceSpec:
    """A service that runs a shell script."""
    return ServiceSpec(name, "busybox:triage", ("sh", "-c", script), **options)  # type: ignore[arg-type]


def python(name: str, code: str, **options: object) -> ServiceSpec:
    """A service that runs Python code."""
    argv = (sys.executable, "-I", "-S", "-c", code)
    return ServiceSpec(name, "python:3", argv, **options)  # type: ignore[arg-type]


async def until(engine: Engine, name: str, condition: Callable[[], bool]) -> None:
    """Wait for a change of a container; fails with its state where it does not come."""
    container = engine.find(name)
    try:
        async with asyncio.timeout(PATIENCE_S):
            await container.until(condition)
    except TimeoutError:
        raise AssertionError(f"{name}: {container.state}, {container.restarts} restarts") from None


async def becomes(engine: Engine, name: str, word: str) -> None:
    """Wait until a container is in a state."""
    await until(engine, name, lambda: engine.find(name).state.word == word)


async def eventually(what: str, condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Ask again and again until something holds."""
    give_up_at = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        holds = condition()
        if holds if isinstance(holds, bool) else await holds:
            return
        assert asyncio.get_running_loop().time() < give_up_at, f"{what}: not after {PATIENCE_S:g} s"
        await asyncio.sleep(0.02)
