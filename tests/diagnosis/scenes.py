"""Pictures of one or a few targets, from data that was recorded or is made up at an edge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from triage_tui.config.limits import bounds
from triage_tui.config.settings import Threshold
from triage_tui.diagnosis.judging import Judgement, judge
from triage_tui.diagnosis.registry import rules_for
from triage_tui.model import (
    Finding,
    Gap,
    Kind,
    Picture,
    Problem,
    ProblemKind,
    Severity,
    Sighting,
    State,
    Target,
)
from triage_tui.model.docker import DockerData
from triage_tui.model.finding import Key
from triage_tui.model.host import HostData
from triage_tui.model.http import HttpData
from triage_tui.model.observation import Data
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData

AT = 1000.0
"""The first picture's instant, in monotonic seconds."""

WALL = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)

INTERVAL_S = 2.0

_KINDS: dict[type, Kind] = {
    DockerData: Kind.DOCKER,
    PostgresData: Kind.POSTGRES,
    RedisData: Kind.REDIS,
    HostData: Kind.HOST,
    HttpData: Kind.HTTP,
}
_ENDPOINTS = {
    Kind.DOCKER: "unix:///var/run/docker.sock",
    Kind.POSTGRES: "postgresql://app@127.0.0.1:5432/shop",
    Kind.REDIS: "redis://127.0.0.1:6379/0",
    Kind.HOST: "this host",
    Kind.HTTP: "http://127.0.0.1:8080/health",
}


def seen(
    data: Data,
    *,
    name: str | None = None,
    age_s: float = 0.5,
    state: State = State.LIVE,
    depends_on: tuple[str, ...] = (),
    gaps: tuple[Gap, ...] = (),
    endpoint: str | None = None,
) -> Sighting:
    """A target as its data show it."""
    kind = _KINDS[type(data)]
    target = Target(name or kind.value, kind, endpoint or _ENDPOINTS[kind], depends_on)
    return Sighting(target, state, INTERVAL_S, data=data, age_s=age_s, gaps=gaps)


def failed(
    kind: Kind,
    problem: ProblemKind,
    message: str = "it failed",
    *,
    name: str | None = None,
    state: State = State.DOWN,
    failures: int = 1,
    depends_on: tuple[str, ...] = (),
    last: Data | None = None,
    endpoint: str | None = None,
) -> Sighting:
    """A target whose latest look brought a problem. last: what an earlier one brought, a minute ago."""
    return Sighting(
        Target(name or kind.value, kind, endpoint or _ENDPOINTS[kind], depends_on),
        state,
        INTERVAL_S,
        data=last,
        age_s=60.0 if last is not None else None,
        problem=Problem(problem, message, "Do something about it."),
        problem_age_s=0.5,
        failures=failures,
    )


def picture(*sightings: Sighting, after_s: float = 0.0) -> Picture:
    """These targets, this long after the first picture."""
    return Picture(AT + after_s, WALL + timedelta(seconds=after_s), "test", True, sightings)


def judged(
    finding: str,
    *sightings: Sighting,
    thresholds: Mapping[str, Threshold] | None = None,
    active: Mapping[Key, Severity] | None = None,
) -> Judgement:
    """What the rules for one finding say about these targets."""
    return judge(rules_for(finding), picture(*sightings), bounds(thresholds or {}), active or {})


def found(
    finding: str, *sightings: Sighting, thresholds: Mapping[str, Threshold] | None = None
) -> list[Finding]:
    """What the rules for one finding find at these targets."""
    return list(judged(finding, *sightings, thresholds=thresholds).found.values())


def tells_nothing(finding: str, sighting: Sighting) -> bool:
    """Old data of a target neither begin nor end a finding: checked for stale, down and denied."""
    problem = Problem(ProblemKind.TIMEOUT, "no answer", "Wait.")
    for state in (State.STALE, State.DOWN, State.DENIED):
        said = judged(finding, replace(sighting, state=state, problem=problem, age_s=60.0))
        if said.found or said.judged:
            return False
    return True
