"""One look at everything, for scripts and for places without a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.engine.engine import Engine
from triage_tui.model import Gap, Kind, Picture, Problem, Sighting, State
from triage_tui.model.docker import DockerData
from triage_tui.model.observation import Data
from triage_tui.sources import Source, open_source
from triage_tui.sources.problems import timeout_problem

TIMEOUT_S = 7.0
"""Time for looking. With the start of the program and its end before and behind, ten seconds are kept."""

RATE_WINDOW_S = 1.0
"""Time between two looks that makes a rate: shorter ones make CPU figures jump, longer ones make people wait."""

UNREAD_S = 0.4
"""Between two looks at an engine of whose logs lines wait to be read: the guides that know them are read first."""

_STOP_S = 1.0
"""What targets that answer need to be left in order; the others are left as they are."""


class TargetReport(Struct, frozen=True):
    """One target in the JSON of a snapshot.

    state    live, stale, down, denied or connecting (no look had ended when the time was up)
    age_s    seconds since data were taken; null without data
    problem  why the latest look brought nothing; null where it succeeded
    gaps     parts that data lack, with the reason and the remedy
    data     see triage_tui.model: docker, postgres, redis, host, http; null where nothing was ever seen
    """

    name: str
    kind: Kind
    endpoint: str
    state: State
    age_s: float | None
    took_s: float | None
    problem: Problem | None
    gaps: tuple[Gap, ...]
    data: Data | None


class Snapshot(Struct, frozen=True):
    """The JSON of a snapshot. taken_at: ISO 8601 in UTC with offset."""

    taken_at: str
    environment: str
    read_only: bool
    targets: tuple[TargetReport, ...]


def take(
    settings: Settings,
    timeout_s: float = TIMEOUT_S,
    *,
    open: Callable[[TargetSpec], Source] = open_source,
) -> Picture:
    """Look at everything, twice where there is time, since rates need two looks. Ends within about `timeout_s`.

    A target of which nothing is known by then has the state `connecting` and a problem that says how long it was
    waited for.
    """
    end = time.monotonic() + timeout_s
    engine = Engine(settings, open=open)
    engine.start()
    try:
        all_looked = engine.wait_first_looks(timeout_s)
        worth_it = any(sighting.known for sighting in engine.picture().sightings)
        if all_looked and worth_it and time.monotonic() + RATE_WINDOW_S < end:
            time.sleep(RATE_WINDOW_S)
            engine.refresh()
            engine.wait_second_looks(end - time.monotonic())
        picture = engine.picture()
        while (behind := unread(picture)) and time.monotonic() + UNREAD_S < end:
            for name in behind:
                engine.refresh(name)
            time.sleep(UNREAD_S)
            picture = engine.picture()
    finally:
        engine.stop(_STOP_S)
    return replace(picture, sightings=tuple(_in_words(s, timeout_s) for s in picture.sightings))


def unread(picture: Picture) -> list[str]:
    """Engines of whose containers' logs some lines have come and were not read yet."""
    return [
        sighting.target.name
        for sighting in picture.sightings
        if sighting.known
        and isinstance(sighting.data, DockerData)
        and sighting.data.logs is not None
        and sighting.data.logs.waiting
    ]


def encode(picture: Picture) -> bytes:
    """The picture as one line of JSON, UTF-8, in the shape of `Snapshot`. Unknown is null, never zero."""
    return msgspec.json.encode(
        Snapshot(
            taken_at=picture.wall_at.isoformat(timespec="milliseconds"),
            environment=picture.environment,
            read_only=picture.read_only,
            targets=tuple(_report(sighting) for sighting in picture.sightings),
        )
    )


def looked_at_anything(picture: Picture) -> bool:
    """At least one target told something."""
    return any(sighting.data is not None for sighting in picture.sightings)


def _in_words(sighting: Sighting, waited_s: float) -> Sighting:
    if sighting.state is not State.CONNECTING or sighting.problem is not None:
        return sighting
    return replace(sighting, problem=timeout_problem(sighting.target.endpoint, waited_s))


def _report(sighting: Sighting) -> TargetReport:
    return TargetReport(
        name=sighting.target.name,
        kind=sighting.target.kind,
        endpoint=sighting.target.endpoint,
        state=sighting.state,
        age_s=_rounded(sighting.age_s),
        took_s=_rounded(sighting.took_s),
        problem=sighting.problem,
        gaps=sighting.gaps,
        data=sighting.data,
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
