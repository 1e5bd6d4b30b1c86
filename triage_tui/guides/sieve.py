"""Which of many signatures may be in a line, before any of them is run."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triage_tui.guides.pattern import Pattern


class Stored(Struct, frozen=True):
    """A signature of an entry."""

    entry: int
    pattern: Pattern


class Sieve:
    """Signatures, apart by how many texts one of which a line has to hold: most need a single one, which is looked for
    in a loop that does nothing else."""

    def __init__(self, stored: Sequence[Stored]) -> None:
        self._by_one = [(one.pattern.literals[0], one) for one in stored if len(one.pattern.literals) == 1]
        self._others = [one for one in stored if len(one.pattern.literals) != 1]

    def through(self, lowered: str) -> list[Stored]:
        """Those that may be in a text in small letters."""
        found = [one for literal, one in self._by_one if literal in lowered]
        found += [one for one in self._others if one.pattern.may_be_in(lowered)]
        return found
