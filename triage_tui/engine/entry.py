"""What the board knows about one target, and what that means at a given instant."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.engine.history import View
from triage_tui.model import Gap, Observation, Problem, ProblemKind, Sighting, State, Target
from triage_tui.model.observation import Data
from triage_tui.model.picture import STALE_AFTER_INTERVALS


class Failure(Struct, frozen=True):
    """The latest look failed. at: monotonic seconds."""

    state: State
    problem: Problem
    at: float


class Entry(Struct, frozen=True):
    """Everything about one target. A new one replaces it at each event, so that readers need no lock.

    data, gaps, taken_at, wall_at  of the last look that brought data, however long ago
    failure        None where the latest look succeeded, or none has ended
    failures       looks that failed in a row
    looks          looks that ended since the target was added
    looking_since  monotonic seconds at which the look in flight began
    """

    target: Target
    interval_s: float
    view: View
    data: Data | None = None
    gaps: tuple[Gap, ...] = ()
    taken_at: float = 0.0
    wall_at: datetime | None = None
    took_s: float | None = None
    failure: Failure | None = None
    failures: int = 0
    looks: int = 0
    looking_since: float | None = None

    def with_look(self, seen: Observation, target: Target, view: View) -> Entry:
        """The entry after a look has ended. A look that failed leaves what earlier ones brought."""
        ended = replace(
            self, target=target, view=view, took_s=seen.took_s, looks=self.looks + 1, looking_since=None
        )
        if seen.problem is not None:
            return replace(
                ended,
                failure=Failure(seen.state, seen.problem, seen.taken_at),
                failures=self.failures + 1,
            )
        return replace(
            ended,
            data=seen.data,
            gaps=seen.gaps,
            taken_at=seen.taken_at,
            wall_at=seen.wall_at,
            failure=None,
            failures=0,
        )

    def state_at(self, now: float) -> State:
        """How far the data can be trusted at an instant, by the monotonic clock alone.

        A look that got no answer in time says nothing about the target: data that are there count as stale.
        Any other failure is an answer, and its state holds at once.
        """
        if self.failure is not None:
            silent = self.failure.problem.kind is ProblemKind.TIMEOUT
            return State.STALE if silent and self.data is not None else self.failure.state
        if self.data is None:
            return State.CONNECTING
        return State.STALE if now - self.taken_at > self.fresh_for_s else State.LIVE

    @property
    def fresh_for_s(self) -> float:
        """Seconds for which data count as fresh."""
        return STALE_AFTER_INTERVALS * self.interval_s

    def sighting(self, now: float) -> Sighting:
        """The entry as a picture of this instant shows it. now: monotonic seconds."""
        failure = self.failure
        return Sighting(
            target=self.target,
            state=self.state_at(now),
            interval_s=self.interval_s,
            data=self.data,
            age_s=max(0.0, now - self.taken_at) if self.data is not None else None,
            problem=failure.problem if failure is not None else None,
            problem_age_s=max(0.0, now - failure.at) if failure is not None else None,
            gaps=self.gaps,
            took_s=self.took_s,
            looking_s=max(0.0, now - self.looking_since) if self.looking_since is not None else None,
            failures=self.failures,
            wall_at=self.wall_at,
        )
