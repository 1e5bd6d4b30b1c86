"""The index: every entry's words, signatures and symptoms in one SQLite file with full-text search.

It is made from the files and can always be made again. A whole one is written beside its place and moved there; later
changes are one transaction each, so a reader never sees half of one.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from triage_tui.guides.document import FIELDS, Document
from triage_tui.guides.files import Found
from triage_tui.guides.pattern import Pattern

VERSION = 1
"""Of what is stored. Raise it with every change of the tables, of words, masks or stems."""

BUSY_S = 2.0
"""How long a second program waits for the one that writes."""

_SCHEMA = f"""
create table file (path text primary key, mtime_ns integer not null, size integer not null) without rowid;
create table entry (
  number integer primary key, id text not null unique, title text not null, path text not null, severity text not null,
  impact text not null, services text not null, words integer not null, body text not null);
create index entry_path on entry (path);
create virtual table words using fts5 ({", ".join(FIELDS)}, tokenize = 'unicode61 remove_diacritics 2');
create table word (stem text primary key, entries integer not null) without rowid;
create table finding (id text not null, entry integer not null);
create index finding_id on finding (id);
create table symptom (signal text not null, op text not null, value real not null, weight real not null,
  entry integer not null);
create table signature (entry integer not null, source text not null, literals text not null, weight integer not null,
  excludes integer not null);
create table template (entry integer not null, text text not null);
create index template_entry on template (entry);
create table ignored (path text not null, line integer not null, why text not null);
"""


class Row(Struct, frozen=True):
    """An entry as a result shows it. number: of the entry in this index."""

    number: int
    id: str
    title: str
    path: str
    severity: str
    impact: str
    services: tuple[str, ...]


class Stored(Struct, frozen=True):
    """A signature of an entry."""

    entry: int
    pattern: Pattern


class Ignored(Struct, frozen=True):
    """A file, or a part of one, that is in no entry."""

    path: str
    line: int
    why: str


class Index:
    """One open index. Not for two threads at once."""

    def __init__(self, path: str) -> None:
        """Open what is there, or make empty tables. Raises sqlite3.Error where the file is something else."""
        self._db = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False, isolation_level=None)
        try:
            version = self._db.execute("pragma user_version").fetchone()[0]
            if version != VERSION:
                if version or self._db.execute("select count(*) from sqlite_master").fetchone()[0]:
                    raise sqlite3.DatabaseError(f"version {version}")
                self._db.executescript(f"begin; {_SCHEMA} pragma user_version = {VERSION}; commit;")
            self._db.execute("pragma cache_size = -16000")
        except BaseException:
            self._db.close()
            raise
        self._forget()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _forget(self) -> None:
        self._count: int | None = None
        self._signatures: tuple[list[Stored], dict[int, list[Pattern]]] | None = None
        self._stems: dict[str, int] | None = None

    # Writing

    def files(self) -> set[Found]:
        """The files that the index was made from."""
        return {Found(*row) for row in self._db.execute("select path, mtime_ns, size from file")}

    def change(
        self,
        gone: Iterable[str],
        come: Iterable[tuple[Found, Sequence[Document], Sequence[Ignored]]],
    ) -> None:
        """Forget files and take in others, all or nothing. An id that is there already keeps its first entry."""
        self._db.execute("begin immediate")
        try:
            changes: Counter[str] = Counter()
            for path in gone:
                self._remove(path, changes)
            for found, documents, ignored in come:
                self._remove(found.path, changes)
                self._db.execute(
                    "insert into file values (?, ?, ?)", (found.path, found.mtime_ns, found.size)
                )
                self._db.executemany(
                    "insert into ignored values (?, ?, ?)", [(one.path, one.line, one.why) for one in ignored]
                )
                for one in documents:
                    self._insert(one, found.path, changes)
            self._db.executemany(
                "insert into word values (?, ?) on conflict (stem) do update set entries = entries + excluded.entries",
                [(stem, count) for stem, count in changes.items() if count],
            )
            self._db.execute("delete from word where entries <= 0")
            self._db.execute("commit")
        except BaseException:
            self._db.execute("rollback")
            raise
        finally:
            self._forget()

    def _remove(self, path: str, changes: Counter[str]) -> None:
        for (number,) in self._db.execute("select number from entry where path = ?", (path,)).fetchall():
            for stem in self._stems_of(number):
                changes[stem] -= 1
            for table in ("finding", "symptom", "signature", "template"):
                self._db.execute(f"delete from {table} where entry = ?", (number,))
            self._db.execute("delete from words where rowid = ?", (number,))
            self._db.execute("delete from entry where number = ?", (number,))
        self._db.execute("delete from ignored where path = ?", (path,))
        self._db.execute("delete from file where path = ?", (path,))

    def _stems_of(self, number: int) -> set[str]:
        fields = self._db.execute("select * from words where rowid = ?", (number,)).fetchone()
        return {stem for field in fields or () for stem in field.split()}

    def _insert(self, one: Document, path: str, changes: Counter[str]) -> None:
        length = sum(field.count(" ") + 1 for field in one.fields)
        there = self._db.execute("select path from entry where id = ?", (one.id,)).fetchone()
        if there is not None:
            why = f"the id `{one.id}` is that of {there[0]} too"
            self._db.execute("insert into ignored values (?, ?, ?)", (path, 1, why))
            return
        number = self._db.execute(
            "insert into entry (id, title, path, severity, impact, services, words, body)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (one.id, one.title, path, one.severity, one.impact, "\n".join(one.services), length, one.body),
        ).lastrowid
        self._db.execute(
            f"insert into words (rowid, {', '.join(FIELDS)}) values (?, ?, ?, ?, ?, ?)", (number, *one.fields)
        )
        changes.update({stem for field in one.fields for stem in field.split()})
        self._db.executemany("insert into finding values (?, ?)", [(id, number) for id in one.findings])
        self._db.executemany(
            "insert into symptom values (?, ?, ?, ?, ?)", [(*symptom, number) for symptom in one.symptoms]
        )
        self._db.executemany(
            "insert into signature values (?, ?, ?, ?, ?)",
            [
                (number, pattern.source, "\n".join(pattern.literals), pattern.weight, excludes)
                for excludes, patterns in ((0, one.patterns), (1, one.excludes))
                for pattern in patterns
            ],
        )
        self._db.executemany("insert into template values (?, ?)", [(number, text) for text in one.templates])

    # Reading

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

    def signatures(self) -> tuple[list[Stored], dict[int, list[Pattern]]]:
        """All signatures, and by entry what it excludes."""
        if self._signatures is None:
            stored: list[Stored] = []
            excludes: dict[int, list[Pattern]] = {}
            for entry, source, literals, weight, excluded in self._db.execute(
                "select entry, source, literals, weight, excludes from signature"
            ):
                pattern = Pattern(source, _parts(literals), weight)
                if excluded:
                    excludes.setdefault(entry, []).append(pattern)
                else:
                    stored.append(Stored(entry, pattern))
            self._signatures = stored, excludes
        return self._signatures

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
