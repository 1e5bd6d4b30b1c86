"""Whether what a program takes stays the same over time. Compared are calm moments, in which nothing is sick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from tests.endurance.vital import Vital

GROWTH = 0.10
"""How much more memory may be taken at the end than at the beginning."""

MORE = 2
"""Descriptors, threads or connections more at the end than at the beginning: something may just be being made."""

COUNTED: dict[str, Callable[[Vital], int]] = {
    "descriptors": lambda one: one.descriptors,
    "threads": lambda one: one.threads,
    "connections": lambda one: one.connections,
}


class Trend:
    """The calm moments after warming up. Their first and last fifth are compared, by medians.

    Fewer than two of them tell nothing; then `complaints` says so.
    """

    def __init__(self, calm: Sequence[Vital], warm_after_s: float) -> None:
        self.settled = [one for one in calm if one.at_s >= warm_after_s]
        fifth = max(1, len(self.settled) // 5)
        self._first, self._last = self.settled[:fifth], self.settled[-fifth:]

    def ends(self, of: Callable[[Vital], float]) -> tuple[float, float]:
        """Medians of the first and the last fifth."""
        return median(map(of, self._first)), median(map(of, self._last))

    @property
    def growth(self) -> float:
        """Of memory: 0.02 is two percent more."""
        first, last = self.ends(lambda one: one.uss_bytes)
        return last / first - 1

    @property
    def complaints(self) -> list[str]:
        """What is not as it should be."""
        if len(self.settled) < 2:
            return [f"{len(self.settled)} calm moments after warming up are too few to compare"]
        found = []
        if self.growth > GROWTH:
            found.append(f"memory grew by {self.growth:.0%}")
        for what, of in COUNTED.items():
            first, last = self.ends(of)
            if last - first > MORE:
                found.append(f"{what} went from {first:g} to {last:g}")
        return found
