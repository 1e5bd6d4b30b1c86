"""Looks at a real engine, and waits for what it must come to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from triage_tui.model import Observation, ProblemKind, State
from triage_tui.model.docker import Container, DockerData
from triage_tui.sources.docker import DockerSource

PATIENCE_S = 60.0


def data_of(observation: Observation) -> DockerData:
    """The data of a look that must have succeeded."""
    assert observation.state is State.LIVE, observation.problem
    assert isinstance(observation.data, DockerData)
    return observation.data


async def look(source: DockerSource) -> dict[str, Container]:
    """The containers of one look, by name."""
    return {container.name: container for container in data_of(await source.observe()).containers}


async def until(source: DockerSource, name: str, wanted: Callable[[Container], bool]) -> Container:
    """Look until a container is as wanted; fails with what it was instead."""
    found: Container | None = None
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = (await look(source)).get(name)
                if found is not None and wanted(found):
                    return found
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"{name} did not become as wanted: {found}") from None


def said(observation: Observation, kind: ProblemKind, *words: str) -> str:
    """The words of a look that failed as expected."""
    problem = observation.problem
    assert problem is not None, observation
    assert problem.kind is kind, problem
    assert problem.next_step
    assert not words or any(word.lower() in problem.message.lower() for word in words), problem
    return problem.message
