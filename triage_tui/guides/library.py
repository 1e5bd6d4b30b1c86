"""All guides, ready to be asked: the index behind them is found in the cache, brought up to date, or made anew."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

from triage_tui.guides import match as matching
from triage_tui.guides import search as searching
from triage_tui.guides.entry import Entry
from triage_tui.guides.files import Found, Ignored, find
from triage_tui.guides.gather import documents_of, entries_of
from triage_tui.guides.index import Index, Row
from triage_tui.guides.match import Match
from triage_tui.guides.search import Hit
from triage_tui.guides.tables import VERSION

_FEW = 400
"""Changed files up to which the index is changed in its place; with more of them, a new one is written beside it."""


_KEPT_S = 30 * 24 * 3600.0
"""How long an index that nobody opens stays: folders are removed, and versions change."""

_OPENING = threading.Lock()
"""Held while an index is opened, and perhaps made. Whoever comes second finds it in the cache; and msgspec, which reads
front matter, does not stand two threads that meet a type for the first time at the same time."""


class Library:
    """The guides of some folders. Not for two threads at once."""

    def __init__(self, folders: Sequence[Path], cache: Path | None) -> None:
        """Nothing is read yet. cache: the folder for the index; None: it is kept in memory."""
        self.folders = tuple(folders)
        self._cache = cache
        self._open: Index | None = None

    @property
    def index(self) -> Index:
        """The index, opened and brought up to date the first time that it is asked for."""
        if self._open is None:
            with _OPENING:
                self._open = self._opened()
        return self._open

    def close(self) -> None:
        """Close the index."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def search(self, question: str, limit: int = searching.MAX_RESULTS, *, typing: bool = False) -> list[Hit]:
        """Entries for a question, the best first; see guides/search.py."""
        return searching.search(self.index, question, limit, typing=typing)

    def match(self, pasted: str, limit: int = matching.MAX_RESULTS) -> list[Match]:
        """Entries that know a line of a paste, the best first; see guides/match.py."""
        return matching.match(self.index, pasted, limit)

    def entry(self, id: str) -> Entry | None:
        """An entry by its id, as its file has it now."""
        number = self.index.number_of(id)
        if number is None:
            return None
        path = Path(self.index.rows([number])[number].path)
        return next((one for one in entries_of(path)[0] if one.id == id), None)

    def row(self, id: str) -> Row | None:
        """An entry as results show it."""
        number = self.index.number_of(id)
        return self.index.rows([number])[number] if number is not None else None

    def ignored(self) -> list[Ignored]:
        """What of the folders is in no entry, and why."""
        return self.index.ignored()

    def refresh(self) -> bool:
        """Take in what was written since; whether anything was."""
        if self._open is None:
            # Opening takes in everything.
            return len(self.index) > 0
        return _bring_up_to_date(self._open, self._listed())

    def _listed(self) -> set[Found]:
        return {found for folder in self.folders for found in find(folder)}

    def _opened(self) -> Index:
        path = self._path()
        if path is None:
            return self._in_memory()
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return self._in_cache(path)
        except (OSError, sqlite3.Error):
            # A full or read-only disk, another program's lock: searching goes on without a cache.
            return self._in_memory()

    def _in_memory(self) -> Index:
        index = Index(":memory:")
        _bring_up_to_date(index, self._listed())
        return index

    def _in_cache(self, path: Path) -> Index:
        listed = self._listed()
        if path.exists():
            try:
                index = Index(str(path))
            except sqlite3.Error:
                # Broken, or of another version: it is made anew.
                path.unlink(missing_ok=True)
            else:
                try:
                    if len(listed - index.files()) <= _FEW:
                        _bring_up_to_date(index, listed)
                        os.utime(path)
                        return index
                    index.close()
                except sqlite3.DatabaseError:
                    index.close()
                    path.unlink(missing_ok=True)
        handle, beside = tempfile.mkstemp(prefix=path.stem, suffix=".new", dir=path.parent)
        os.close(handle)
        try:
            index = Index(":memory:")
            _bring_up_to_date(index, listed)
            index.copy_to(Path(beside))
            index.close()
            Path(beside).replace(path)
        finally:
            with contextlib.suppress(OSError):
                Path(beside).unlink()
        _clear_out(path.parent)
        return Index(str(path))

    def _path(self) -> Path | None:
        """The file of the index: another one for other folders, and for another version of what is stored."""
        if self._cache is None:
            return None
        named = blake2b("\0".join(str(folder.absolute()) for folder in self.folders).encode(), digest_size=8)
        return self._cache / f"guides-{VERSION}-{named.hexdigest()}.db"


def _clear_out(cache: Path) -> None:
    """Remove the indexes that nobody has opened for long, and what was left of attempts to make one."""
    before = time.time() - _KEPT_S
    for path in cache.glob("guides-*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < before:
                path.unlink()


def _bring_up_to_date(index: Index, listed: set[Found]) -> bool:
    known = index.files()
    gone = {found.path for found in known} - {found.path for found in listed}
    come = sorted(listed - known)
    if not gone and not come:
        return False
    index.change(sorted(gone), ((found, *documents_of(Path(found.path))) for found in come))
    return True
