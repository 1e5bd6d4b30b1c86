"""What people do without this: grep through the files, and full-text search as it comes."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

_WORD = re.compile(r"\w+")


class Grep:
    """`grep -Fi` for the whole line, then for its longest words: files in the order of how often they hold them."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self._texts = [(id, text.lower()) for id, text in texts]

    def find(self, asked: str) -> list[str]:
        """Ids of files."""
        whole = asked.strip().lower()
        exact = [id for id, text in self._texts if whole in text]
        if exact:
            return exact
        found = sorted(
            {word for word in _WORD.findall(whole) if len(word) > 3}, key=lambda word: (-len(word), word)
        )[:4]
        counts = [(sum(text.count(word) for word in found), id) for id, text in self._texts]
        return [id for count, id in sorted(counts, key=lambda one: (-one[0], one[1])) if count]


class PlainFts:
    """SQLite's FTS5 with its defaults. Words are quoted, or nothing could be asked; `any_word`: joined with OR."""

    def __init__(self, texts: Sequence[tuple[str, str]], *, any_word: bool) -> None:
        self._db = sqlite3.connect(":memory:")
        self._db.execute("create virtual table guide using fts5 (id unindexed, text)")
        self._db.executemany("insert into guide values (?, ?)", texts)
        self._joint = " OR " if any_word else " "

    def find(self, asked: str) -> list[str]:
        """Ids of files, the best first."""
        words = self._joint.join(f'"{word}"' for word in _WORD.findall(asked)[:60])
        if not words:
            return []
        ranked = self._db.execute("select id from guide where guide match ? order by rank limit 20", (words,))
        return [row[0] for row in ranked]
