"""Sightings of poolers and folders, and what a real engine showed of a company with five things configured wrongly.

misconfigured.json was recorded from the lab, with `triage snapshot --json`, while these drills were on:
personal-data-in-logs, missing-variable, secret-drift, default-secret, backup-version.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from triage_tui.model import Kind, Problem, Sighting, State, Target
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.environment import ContainerEnvironment
from triage_tui.model.observation import Data

RECORDED = msgspec.json.decode(Path(__file__).with_name("misconfigured.json").read_bytes(), type=DockerData)


def further(
    kind: Kind, data: Data | None, *, state: State = State.LIVE, problem: Problem | None = None
) -> Sighting:
    """A target of a kind, called as the kind is."""
    return Sighting(
        Target(kind.value, kind, f"{kind.value}://there"),
        state,
        2.0,
        data=data,
        age_s=0.5 if data is not None else None,
        problem=problem,
        problem_age_s=0.5 if problem is not None else None,
        failures=1 if problem is not None else 0,
    )


def container(name: str, **more: object) -> Container:
    """One that runs well."""
    given = {
        "id": name,
        "name": name,
        "image": "shop/api:1",
        "state": "running",
        "age_s": 500.0,
        "restarts": 0,
    }
    return Container(**given | more)  # type: ignore[arg-type]


def environment(name: str, **more: object) -> ContainerEnvironment:
    """That of a container of project shop; its service is called as it is, without the number."""
    given = {"container": name, "image": "shop/api:1", "project": "shop", "service": name.rpartition("-")[0]}
    return ContainerEnvironment(**given | more)  # type: ignore[arg-type]
