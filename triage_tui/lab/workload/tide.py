"""When a queue grows and when it drains: between two marks, as the tide."""

from __future__ import annotations


class Tide:
    """Says how many jobs come and how many are done, so that a queue never outgrows its upper mark.

    low, high   depths at which it turns
    grow_per_s  how fast it rises; drain_per_s  how fast it falls, jobs per second
    busy_per_s  jobs that come and are done all the time, whichever way it goes
    """

    def __init__(
        self,
        *,
        low: int,
        high: int,
        grow_per_s: float,
        drain_per_s: float,
        busy_per_s: float = 2.0,
        rising: bool,
    ) -> None:
        self._low = low
        self._high = high
        self._grow_per_s = grow_per_s
        self._drain_per_s = drain_per_s
        self._busy_per_s = busy_per_s
        self._rising = rising
        self._coming = 0.0
        self._done = 0.0

    def pass_time(self, depth: int, seconds: float) -> tuple[int, int]:
        """(jobs that came, jobs that were done) since the last call; fractions are kept for the next."""
        if depth >= self._high:
            self._rising = False
        elif depth <= self._low:
            self._rising = True
        self._coming += seconds * (self._busy_per_s + (self._grow_per_s if self._rising else 0.0))
        self._done += seconds * (self._busy_per_s + (0.0 if self._rising else self._drain_per_s))
        came, done = int(self._coming), int(self._done)
        self._coming -= came
        self._done -= done
        return came, done
