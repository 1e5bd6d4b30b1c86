"""Two clocks: one for ages and rates, one for showing and recording."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct


def _since_boot() -> float:
    """Seconds that only grow, with the time that the machine slept.

    Linux leaves sleep out of CLOCK_MONOTONIC and counts it in CLOCK_BOOTTIME; on macOS Python's monotonic clock
    leaves it out and the system's CLOCK_MONOTONIC counts it.
    """
    return time.clock_gettime(_CLOCK) if _CLOCK is not None else time.monotonic()


def _clock_with_sleep() -> int | None:
    name = "CLOCK_BOOTTIME" if sys.platform == "linux" else "CLOCK_MONOTONIC"
    clock: int | None = getattr(time, name, None)
    if clock is not None:
        try:
            time.clock_gettime(clock)
        except OSError:
            return None
    return clock


_CLOCK = _clock_with_sleep()
_AHEAD = _since_boot() - time.monotonic()


def steady() -> float:
    """`time.monotonic()` that goes on while the machine sleeps, so that data are as old as they are on waking.

    The two agree when the program starts and differ by what the machine has slept since.
    """
    return _since_boot() - _AHEAD


def utc_now() -> datetime:
    """The wall clock, which may jump: for people, never for arithmetic."""
    return datetime.now(UTC)


class Clock(Struct, frozen=True):
    """Where instants come from. Whoever computes an age is given one, so that a test can hand in another.

    steady  seconds that only grow; wall = the time of day in UTC
    """

    steady: Callable[[], float] = steady
    wall: Callable[[], datetime] = utc_now


CLOCK = Clock()
"""The machine's own."""
