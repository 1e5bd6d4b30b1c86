"""From one line after the other to the entry whose signature is in it: for logs that are watched all the time.

`match` asks every signature about every line, which is right for a paste and too dear for a stream. Here a line is cut
into pieces of four characters, and only those signatures are asked that need one of them. Likeness counts for nothing:
a line that merely resembles an error is no reason to wake anybody.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from triage_tui.guides.logline import shapes
from triage_tui.guides.pattern import Pattern

_GRAM = 4
"""Characters of a piece. Three are in every other line, five in few signatures."""

LONGEST = 2_000
"""Characters of a line that are looked at."""


class _Known(Struct, frozen=True):
    id: str
    pattern: Pattern
    excludes: tuple[Pattern, ...]


class Recogniser:
    """Call it with a line, made safe already; it answers with the id of the entry that asks for most, or None.

    The guides are read when the first line comes, by whichever thread brings it. For any number of threads.
    """

    def __init__(self, folders: Sequence[Path], cache: Path | None) -> None:
        self._folders = folders
        self._cache = cache
        self._lock = threading.Lock()
        self._ready = False
        self._by_gram: dict[str, list[_Known]] = {}
        self._short: list[_Known] = []

    def __call__(self, line: str) -> str | None:
        if not self._ready:
            self._read()
        best: tuple[int, str] | None = None
        for shape in shapes(line[:LONGEST]):
            for known in self._asked(shape.lower()):
                if best is not None and known.pattern.weight <= best[0]:
                    continue
                if known.pattern.search(shape) is None:
                    continue
                if not any(each.search(shape) is not None for each in known.excludes):
                    best = known.pattern.weight, known.id
        return best[1] if best is not None else None

    def _asked(self, lowered: str) -> list[_Known]:
        grams = {lowered[at : at + _GRAM] for at in range(len(lowered) - _GRAM + 1)}
        asked = [known for gram in grams & self._by_gram.keys() for known in self._by_gram[gram]]
        return [known for known in (*asked, *self._short) if known.pattern.may_be_in(lowered)]

    def _read(self) -> None:
        with self._lock:
            if self._ready:
                return
            # With its database, it is loaded where lines come, and not by a start that waits for the first frame.
            from triage_tui.guides.library import Library

            library = Library(self._folders, self._cache)
            try:
                index = library.index
                stored, excludes = index.signatures(), index.excludes()
                rows = index.rows({one.entry for one in stored})
            finally:
                library.close()
            found = [
                _Known(rows[one.entry].id, one.pattern, tuple(excludes.get(one.entry, ()))) for one in stored
            ]
            often = Counter(
                gram for known in found for literal in known.pattern.literals for gram in _grams(literal)
            )
            for known in found:
                literals = known.pattern.literals
                if not literals or any(len(literal) < _GRAM for literal in literals):
                    self._short.append(known)
                    continue
                for literal in literals:
                    rarest = min(_grams(literal), key=lambda gram: (often[gram], gram))
                    self._by_gram.setdefault(rarest, []).append(known)
            self._ready = True


def _grams(literal: str) -> set[str]:
    return {literal[at : at + _GRAM] for at in range(len(literal) - _GRAM + 1)}
