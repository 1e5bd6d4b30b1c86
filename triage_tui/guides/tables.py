"""The tables of the index: every entry's words, signatures and symptoms in one SQLite file with full-text search."""

from __future__ import annotations

import sqlite3
from typing import Final

from triage_tui.guides.document import FIELDS

VERSION = 4
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
  role integer not null);
create index signature_role on signature (role);
create table template (entry integer not null, text text not null);
create index template_entry on template (entry);
create table ignored (path text not null, line integer not null, why text not null);
"""

SIGNATURE: Final = 0
EXCLUDES: Final = 1
CUT: Final = 2
"""What an expression is to its entry: it leads there, it leads away, or it leads there where a line's end is lost."""


def connect(path: str) -> sqlite3.Connection:
    """Open what is there, or make empty tables. Raises sqlite3.Error where the file is something else."""
    db = sqlite3.connect(path, timeout=BUSY_S, check_same_thread=False, isolation_level=None)
    try:
        version = db.execute("pragma user_version").fetchone()[0]
        if version != VERSION:
            if version or db.execute("select count(*) from sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError(f"version {version}")
            db.executescript(f"begin; {_SCHEMA} pragma user_version = {VERSION}; commit;")
        db.execute("pragma cache_size = -16000")
    except BaseException:
        db.close()
        raise
    return db
