"""Everything that was known at one instant, with its age."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from triage_tui.model.observation import Data, Gap, Kind, Problem, State, Target

STALE_AFTER_INTERVALS = 3
"""Data older than this many intervals are stale: one lost look is weather, three are a problem."""


class Sighting(Struct, frozen=True):
    """What is known about one target at the instant of the picture.

    state       live, stale, down, denied or connecting, decided at the picture's instant
    data        the latest that any look brought, however old; None where none ever succeeded
    age_s       seconds since data were taken; None where there are none
    problem     why the latest look failed; None where it succeeded
    problem_age_s  seconds since the look failed
    interval_s  the cadence at which the target is looked at
    looking_s   how long the look in flight has lasted; None where none is
    failures    looks that failed in a row
    """

    target: Target
    state: State
    interval_s: float
    data: Data | None = None
    age_s: float | None = None
    problem: Problem | None = None
    problem_age_s: float | None = None
    gaps: tuple[Gap, ...] = ()
    took_s: float | None = None
    looking_s: float | None = None
    failures: int = 0
    wall_at: datetime | None = None

    @property
    def known(self) -> bool:
        """Fresh data are there: what they say may be called current."""
        return self.state is State.LIVE and self.data is not None


class Series(Struct, frozen=True):
    """The readings of one signal, oldest first. times: monotonic seconds, one for each value."""

    times: tuple[float, ...]
    values: tuple[float, ...]


class Picture(Struct, frozen=True):
    """All targets at one instant.

    taken_at   monotonic seconds; wall_at the same instant in UTC
    sightings  in the order of the configuration
    history    (target, signal, subject) → its last readings; see model.signals
    """

    taken_at: float
    wall_at: datetime
    environment: str
    read_only: bool
    sightings: tuple[Sighting, ...]
    history: Mapping[tuple[str, str, str], Series] = {}

    def values(self, target: str, signal: str, subject: str = "") -> tuple[float, ...]:
        """The last readings of a signal, oldest first; empty where there are none."""
        series = self.history.get((target, signal, subject))
        return series.values if series is not None else ()

    def of(self, name: str) -> Sighting | None:
        """The sighting of a target by name."""
        return next((sighting for sighting in self.sightings if sighting.target.name == name), None)

    def of_kind(self, kind: Kind) -> tuple[Sighting, ...]:
        """All sightings of one kind, in the order of the configuration."""
        return tuple(sighting for sighting in self.sightings if sighting.target.kind is kind)
