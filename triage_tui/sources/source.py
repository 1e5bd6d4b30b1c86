"""The contract between a source and the engine, and the stopwatch that both sides trust."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Protocol

from triage_tui.model import Gap, Observation, Problem, ProblemKind, State, Target
from triage_tui.model.observation import Data
from triage_tui.sources.clock import CLOCK, Clock

DENIED = frozenset({ProblemKind.AUTH, ProblemKind.PERMISSION})
"""The target answered and turned us away."""


class Source(Protocol):
    """Looks at one target.

    A source lives on the engine's event loop. It keeps its connection and its previous sample between looks,
    runs one look at a time, and never raises for anything that a server, a network or a file can do to it.
    """

    @property
    def target(self) -> Target:
        """What is looked at, free of secrets. It may become more exact after the first look."""
        ...

    @property
    def deadline_s(self) -> float:
        """Seconds after which a look is given up by the engine; the source's own timeouts are shorter."""
        ...

    async def observe(self) -> Observation:
        """Look once. When cancelled, it leaves nothing behind that the next look could trip over."""
        ...

    def focus(self, subjects: Collection[str]) -> None:
        """Names of what the reader sees now (containers, queues, …): worth more care than the rest. May be ignored."""
        ...

    async def aclose(self) -> None:
        """Give up connections and threads. Must not wait for a server."""
        ...


class Look:
    """Times one look and turns its outcome into an Observation.

    >>> look = Look(target)
    >>> return look.live(data)          # or
    >>> return look.failed(problem)
    """

    def __init__(self, target: Target, clock: Clock = CLOCK) -> None:
        self._target = target
        self._clock = clock
        self._started = clock.steady()

    def live(self, data: Data, gaps: Iterable[Gap] = ()) -> Observation:
        """The look brought data; gaps name the parts that are missing from them."""
        return self._end(State.LIVE, data, None, tuple(gaps))

    def failed(self, problem: Problem) -> Observation:
        """The look brought nothing: denied for authentication and permission, down for the rest."""
        return self._end(State.DENIED if problem.kind in DENIED else State.DOWN, None, problem, ())

    def _end(
        self, state: State, data: Data | None, problem: Problem | None, gaps: tuple[Gap, ...]
    ) -> Observation:
        now = self._clock.steady()
        return Observation(
            target=self._target.name,
            taken_at=now,
            wall_at=self._clock.wall(),
            took_s=now - self._started,
            state=state,
            data=data,
            problem=problem,
            gaps=gaps,
        )
