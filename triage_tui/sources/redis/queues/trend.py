"""Whether queues grow or drain, from their depths at the last looks."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

from msgspec import Struct

SAMPLES = 15
"""Looks that the slope is taken over: half a minute at the default cadence, enough to see through a burst."""

MIN_SAMPLES = 3
"""Two depths make a difference, three a trend."""


class Slope(Struct, frozen=True):
    """growth_per_s: jobs per second, below zero where it drains; drain_s: seconds to empty at that rate."""

    growth_per_s: float | None = None
    drain_s: float | None = None


class Trends:
    """The last depths of each queue, by its subject."""

    def __init__(self) -> None:
        self._samples: dict[str, deque[tuple[float, int]]] = {}

    def add(self, subject: str, at: float, waiting: int | None) -> Slope:
        """Take in a depth at a steady instant and say where it is heading. An unknown depth starts anew."""
        if waiting is None:
            self._samples.pop(subject, None)
            return Slope()
        samples = self._samples.setdefault(subject, deque(maxlen=SAMPLES))
        samples.append((at, waiting))
        growth = slope(tuple(samples))
        return Slope(growth, waiting / -growth if growth is not None and growth < 0 else None)

    def keep(self, subjects: Collection[str]) -> None:
        """Forget all queues but these."""
        self._samples = {name: samples for name, samples in self._samples.items() if name in subjects}


def slope(samples: tuple[tuple[float, int], ...]) -> float | None:
    """Least-squares slope of (seconds, depth), per second; None for too few samples or no time between them.

    A change of less than one job over the whole window is none: 0.0, not a drain that takes years.
    """
    if len(samples) < MIN_SAMPLES:
        return None
    mean_at = sum(at for at, _ in samples) / len(samples)
    mean_depth = sum(depth for _, depth in samples) / len(samples)
    spread = sum((at - mean_at) ** 2 for at, _ in samples)
    if spread <= 0:
        return None
    growth = sum((at - mean_at) * (depth - mean_depth) for at, depth in samples) / spread
    span = samples[-1][0] - samples[0][0]
    return growth if abs(growth) * span >= 1 else 0.0
