"""What was found in logs, added up within bounds. Written by the thread that reads lines, read by the loop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime

from msgspec import Struct

from triage_tui.model.logs import LogHit, MissingName, SensitiveHit, VersionNote

MOST_ENTRIES = 400
"""Of each kind. A guide for a container is one, however many lines."""

FORGOTTEN_S = 3600.0
"""After which what has not been seen again is no news any more."""

Age = Callable[[datetime | None], float | None]


class _Entry(Struct):
    """key: container's id, and what was found there."""

    container: str
    count: int
    first: datetime | None
    last: datetime | None
    text: str


class _Book:
    """Entries of one kind, those seen last at the end."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, ...], _Entry] = {}

    def add(self, key: tuple[str, ...], container: str, text: str, at: datetime | None) -> None:
        entry = self.entries.pop(key, None)
        if entry is None:
            if len(self.entries) >= MOST_ENTRIES:
                del self.entries[next(iter(self.entries))]
            entry = _Entry(container, 0, at, at, text)
        entry.count += 1
        entry.container, entry.text = container, text
        if at is not None and (entry.last is None or at >= entry.last):
            entry.last = at
        self.entries[key] = entry

    def forget(self, present: Collection[str], age: Age) -> None:
        for key, entry in list(self.entries.items()):
            if key[0] not in present or (age(entry.last) or 0.0) > FORGOTTEN_S:
                del self.entries[key]


class Ledger:
    """Hits by container and what was found."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known, self._sensitive, self._missing, self._versions = _Book(), _Book(), _Book(), _Book()

    def known(self, id: str, container: str, entry: str, line: str, at: datetime | None) -> None:
        """A guide knows a line."""
        with self._lock:
            self._known.add((id, entry), container, line, at)

    def sensitive(self, id: str, container: str, kind: str, sample: str, at: datetime | None) -> None:
        """A line holds what it should not."""
        with self._lock:
            self._sensitive.add((id, kind), container, sample, at)

    def missing(self, id: str, container: str, variable: str, line: str, at: datetime | None) -> None:
        """A line says that a variable is missing."""
        with self._lock:
            self._missing.add((id, variable), container, line, at)

    def versions(
        self, id: str, container: str, told: tuple[str, str, str], line: str, at: datetime | None
    ) -> None:
        """A line tells that a program and a server do not fit."""
        with self._lock:
            self._versions.add((id, *told), container, line, at)

    def forget(self, present: Collection[str], age: Age) -> None:
        """Drop what containers said that are gone, and what was said long ago."""
        with self._lock:
            for book in (self._known, self._sensitive, self._missing, self._versions):
                book.forget(present, age)

    def hits(self, age: Age) -> tuple[LogHit, ...]:
        """Lines that guides know, the latest first."""
        with self._lock:
            return tuple(
                LogHit(e.container, key[1], e.text, e.count, _iso(e.last), age(e.first), age(e.last))
                for key, e in reversed(self._known.entries.items())
            )

    def sensitive_hits(self, age: Age) -> tuple[SensitiveHit, ...]:
        """Personal data and secrets, the latest first."""
        with self._lock:
            return tuple(
                SensitiveHit(e.container, key[1], e.text, e.count, _iso(e.last), age(e.first), age(e.last))
                for key, e in reversed(self._sensitive.entries.items())
            )

    def missing_names(self, age: Age, lacks: Callable[[str, str], bool]) -> tuple[MissingName, ...]:
        """Variables that are said to be missing, the latest first. lacks: whether the container of that id has none of
        that name."""
        with self._lock:
            return tuple(
                MissingName(e.container, key[1], e.text, e.count, age(e.last))
                for key, e in reversed(self._missing.entries.items())
                if lacks(key[0], key[1])
            )

    def version_notes(self, age: Age) -> tuple[VersionNote, ...]:
        """Programs that do not fit their server, the latest first."""
        with self._lock:
            return tuple(
                VersionNote(e.container, key[1], key[2], key[3], e.text, age(e.last))
                for key, e in reversed(self._versions.entries.items())
            )


def _iso(at: datetime | None) -> str:
    return at.isoformat(timespec="milliseconds") if at is not None else ""
