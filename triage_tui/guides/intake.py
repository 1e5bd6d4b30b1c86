"""Taking files into the index and forgetting them: one transaction, so that a reader never sees half of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence

from triage_tui.guides.document import FIELDS, Document
from triage_tui.guides.files import Found, Ignored
from triage_tui.guides.tables import CUT, EXCLUDES, SIGNATURE

Come = Iterable[tuple[Found, Sequence[Document], Sequence[Ignored]]]
"""Files with what was made of them."""


def take_in(db: sqlite3.Connection, gone: Iterable[str], come: Come) -> None:
    """Forget files and take in others, all or nothing. An id that is there already keeps its first entry."""
    db.execute("begin immediate")
    try:
        changes: Counter[str] = Counter()
        for path in gone:
            _remove(db, path, changes)
        for found, documents, ignored in come:
            _remove(db, found.path, changes)
            db.execute("insert into file values (?, ?, ?)", (found.path, found.mtime_ns, found.size))
            db.executemany(
                "insert into ignored values (?, ?, ?)", [(one.path, one.line, one.why) for one in ignored]
            )
            for one in documents:
                _insert(db, one, found.path, changes)
        db.executemany(
            "insert into word values (?, ?) on conflict (stem) do update set entries = entries + excluded.entries",
            [(stem, count) for stem, count in changes.items() if count],
        )
        db.execute("delete from word where entries <= 0")
        db.execute("commit")
    except BaseException:
        db.execute("rollback")
        raise


def _remove(db: sqlite3.Connection, path: str, changes: Counter[str]) -> None:
    for (number,) in db.execute("select number from entry where path = ?", (path,)).fetchall():
        for stem in _stems_of(db, number):
            changes[stem] -= 1
        for table in ("finding", "symptom", "signature", "template"):
            db.execute(f"delete from {table} where entry = ?", (number,))
        db.execute("delete from words where rowid = ?", (number,))
        db.execute("delete from entry where number = ?", (number,))
    db.execute("delete from ignored where path = ?", (path,))
    db.execute("delete from file where path = ?", (path,))


def _stems_of(db: sqlite3.Connection, number: int) -> set[str]:
    fields = db.execute("select * from words where rowid = ?", (number,)).fetchone()
    return {stem for field in fields or () for stem in field.split()}


def _insert(db: sqlite3.Connection, one: Document, path: str, changes: Counter[str]) -> None:
    length = sum(field.count(" ") + 1 for field in one.fields)
    there = db.execute("select path from entry where id = ?", (one.id,)).fetchone()
    if there is not None:
        why = f"the id `{one.id}` is that of {there[0]} too"
        db.execute("insert into ignored values (?, ?, ?)", (path, 1, why))
        return
    number = db.execute(
        "insert into entry (id, title, path, severity, impact, services, words, body)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (one.id, one.title, path, one.severity, one.impact, "\n".join(one.services), length, one.body),
    ).lastrowid
    db.execute(
        f"insert into words (rowid, {', '.join(FIELDS)}) values (?, ?, ?, ?, ?, ?)", (number, *one.fields)
    )
    changes.update({stem for field in one.fields for stem in field.split()})
    db.executemany("insert into finding values (?, ?)", [(id, number) for id in one.findings])
    db.executemany("insert into symptom values (?, ?, ?, ?, ?)", [(*each, number) for each in one.symptoms])
    db.executemany(
        "insert into signature values (?, ?, ?, ?, ?)",
        [
            (number, pattern.source, "\n".join(pattern.literals), pattern.weight, role)
            for role, patterns in ((SIGNATURE, one.patterns), (EXCLUDES, one.excludes), (CUT, one.cut))
            for pattern in patterns
        ],
    )
    db.executemany("insert into template values (?, ?)", [(number, text) for text in one.templates])
