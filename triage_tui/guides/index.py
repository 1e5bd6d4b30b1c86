"""The index that is asked: every entry's words, signatures and symptoms.

It is made from the files and can always be made again. A whole one is written beside its place and moved there; later
changes are one transaction each, so a reader never sees half of one.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from triage_tui.guides.files import Found, Ignored
from triage_tui.guides.intake import Come, take_in
from triage_tui.guides.pattern import Pattern
from triage_tui.guides.sieve import Sieve, Stored
from triage_tui.guides.tables import CUT, EXCLUDES, SIGNATURE, connect


class Row(Struct, frozen=True):
    """An entry as a result shows it. number: of the entry in this index."""

    number: int
    id: str
    title: str
    path: str
    severity: str
    impact: str
    services: tuple[str, ...]


class Index:
    """One open index. Not for two threads at once."""

    def __init__(self, path: str) -> None:
        """Open what is there, or make empty tables. Raises sqlite3.Error where the file is something else."""
        self._db = connect(path)
        self._forget()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _forget(self) -> None:
        self._count: int | None = None
        self._stored: dict[int, list[Stored]] = {}
        self._sieves: dict[int, Sieve] = {}
        self._stems: dict[str, int] | None = None

    def files(self) -> set[Found]:
        """The files that the index was made from."""
        return {Found(*row) for row in self._db.execute("select path, mtime_ns, size from file")}

    def change(self, gone: Iterable[str], come: Come) -> None:
        """Forget files and take in others, all or nothing. An id that is there already keeps its first entry."""
        try:
            take_in(self._db, gone, come)
        finally:
            self._forget()

    def __len__(self) -> int:
        if self._count is None:
            self._count = self._db.execute("select count(*) from entry").fetchone()[0]
        return self._count

    def rows(self, numbers: Iterable[int]) -> dict[int, Row]:
        """Entries by their numbers."""
        wanted = _list(numbers)
        return {
            row[0]: Row(row[0], row[1], row[2], row[3], row[4], row[5], _parts(row[6]))
            for row in self._db.execute(
                f"select number, id, title, path, severity, impact, services from entry where number in ({wanted})"
            )
        }

    def every(self) -> list[Row]:
        """All entries in the order of their ids."""
        numbers = [row[0] for row in self._db.execute("select number from entry order by id")]
        rows = self.rows(numbers)
        return [rows[number] for number in numbers]

    def number_of(self, id: str) -> int | None:
        """The number of an entry by its id."""
        row = self._db.execute("select number from entry where id = ?", (id,)).fetchone()
        return row[0] if row else None

    def ids(self) -> list[str]:
        """The ids of all entries."""
        return [row[0] for row in self._db.execute("select id from entry order by id")]

    def body(self, number: int) -> str:
        """The sections of an entry as Markdown."""
        row = self._db.execute("select body from entry where number = ?", (number,)).fetchone()
        return row[0] if row else ""

    def fields(self, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """The stems of each field of entries, in the order of FIELDS."""
        found = self._db.execute(f"select rowid, * from words where rowid in ({_list(numbers)})")
        return {row[0]: row[1:] for row in found}

    def candidates(self, stems: Iterable[str], weights: Sequence[float], limit: int) -> list[int]:
        """Entries that hold one of the stems, the best by BM25 first. weights: of the fields."""
        # Between quotes nothing is an operator.
        asked = " OR ".join(f'"{stem}"' for stem in stems if '"' not in stem)
        if not asked:
            return []
        ranked = self._db.execute(
            f"select rowid from words where words match ? order by bm25(words, {', '.join(map(str, weights))}) limit ?",
            (asked, limit),
        )
        return [row[0] for row in ranked]

    def holders(self, stem: str) -> int:
        """How many entries hold a stem."""
        if self._stems is not None:
            return self._stems.get(stem, 0)
        row = self._db.execute("select entries from word where stem = ?", (stem,)).fetchone()
        return row[0] if row else 0

    def rarity(self, stem: str) -> float:
        """How much a stem says: log(1 + (N - n + ½) / (n + ½)). Above zero also where most entries hold it, which the
        BM25 of SQLite is not; in small collections that is most words."""
        holders = self.holders(stem)
        return math.log(1 + (len(self) - holders + 0.5) / (holders + 0.5))

    def starting_with(self, beginning: str, limit: int) -> list[str]:
        """Stems that begin so, those that most entries hold first."""
        found = self._db.execute(
            "select stem from word where stem >= ? and stem < ? order by entries desc, stem limit ?",
            (beginning, beginning + "\U0010ffff", limit),
        )
        return [row[0] for row in found]

    def every_stem(self) -> dict[str, int]:
        """Every stem with how many entries hold it."""
        if self._stems is None:
            self._stems = dict(self._db.execute("select stem, entries from word"))
        return self._stems

    def signatures(self) -> list[Stored]:
        """All signatures."""
        return self._patterns(SIGNATURE)

    def whole(self) -> Sieve:
        """All signatures, to be looked for in lines."""
        return self._sieve(SIGNATURE)

    def cut(self) -> Sieve:
        """What is found in lines that end within a signature."""
        return self._sieve(CUT)

    def _sieve(self, role: int) -> Sieve:
        if role not in self._sieves:
            self._sieves[role] = Sieve(self._patterns(role))
        return self._sieves[role]

    def excludes(self) -> dict[int, list[Pattern]]:
        """By entry what it excludes."""
        found: dict[int, list[Pattern]] = {}
        for one in self._patterns(EXCLUDES):
            found.setdefault(one.entry, []).append(one.pattern)
        return found

    def _patterns(self, role: int) -> list[Stored]:
        if role not in self._stored:
            self._stored[role] = [
                Stored(entry, Pattern(source, _parts(literals), weight))
                for entry, source, literals, weight in self._db.execute(
                    "select entry, source, literals, weight from signature where role = ?", (role,)
                )
            ]
        return self._stored[role]

    def templates(self, numbers: Iterable[int]) -> dict[int, list[str]]:
        """Masked lines of entries."""
        found: dict[int, list[str]] = {}
        for entry, text in self._db.execute(
            f"select entry, text from template where entry in ({_list(numbers)})"
        ):
            found.setdefault(entry, []).append(text)
        return found

    def answering(self, finding: str) -> list[int]:
        """Entries that answer a finding."""
        return [row[0] for row in self._db.execute("select entry from finding where id = ?", (finding,))]

    def symptoms(self) -> list[tuple[int, str, str, float, float]]:
        """(entry, signal, op, value, weight) of every symptom."""
        return self._db.execute("select entry, signal, op, value, weight from symptom").fetchall()

    def ignored(self) -> list[Ignored]:
        """What is in no entry, and why."""
        return [
            Ignored(*row) for row in self._db.execute("select path, line, why from ignored order by 1, 2")
        ]

    def copy_to(self, path: Path) -> None:
        """Write all of it into a file."""
        target = sqlite3.connect(path)
        try:
            self._db.backup(target)
        finally:
            target.close()


def _parts(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("\n")) if joined else ()


def _list(numbers: Iterable[int]) -> str:
    """Numbers as SQL has them. They are whole numbers of our own, and there may be more than SQLite binds."""
    return ",".join(str(int(number)) for number in numbers)
