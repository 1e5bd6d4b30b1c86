"""What the reader has before them in the guides, and where they came from. No widget here."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triage_tui.guides.entry import Entry
from triage_tui.guides.library import Library

SEARCH_LIMIT = 12


class Result(Struct, frozen=True):
    """An entry in a list, and why it is there. known: a signature says so, nothing is guessed."""

    id: str
    title: str
    severity: str
    why: tuple[str, ...]
    snippet: str = ""
    known: bool = False


class Reader:
    """The list, the entry that is open, and the way back.

    results   what the last question found; None: nothing was asked, and suggestions are shown
    question  it, or what was pasted; is_line: it is an error line, for which "no match" is an answer
    """

    def __init__(self) -> None:
        self.suggestions: Sequence[Result] = ()
        self.results: Sequence[Result] | None = None
        self.question = ""
        self.is_line = False
        self.cursor = 0
        self.entry: Entry | None = None
        self.section = 0
        self.stop = 0
        self._back: list[tuple[Entry, int]] = []
        self._forward: list[tuple[Entry, int]] = []

    @property
    def listed(self) -> Sequence[Result]:
        """The list that is shown."""
        return self.suggestions if self.results is None else self.results

    @property
    def selected(self) -> Result | None:
        """The entry under the cursor."""
        listed = self.listed
        return listed[min(self.cursor, len(listed) - 1)] if listed else None

    def move(self, step: int) -> None:
        """Move the cursor within the list."""
        self.cursor = max(0, min(len(self.listed) - 1, self.cursor + step))

    def found(self, question: str, results: Sequence[Result], *, is_line: bool = False) -> None:
        """Show what a question found."""
        self.question, self.results, self.is_line = question, results, is_line
        self.cursor = 0

    def clear(self) -> None:
        """Show suggestions again."""
        self.question, self.results, self.is_line, self.cursor = "", None, False, 0

    def open(self, entry: Entry, section: int = 0) -> None:
        """Read an entry from one of its sections; the way back leads to the one before."""
        if self.entry is not None:
            self._back.append((self.entry, self.section))
        self._forward.clear()
        self._turn_to(entry, section)

    def go(self, step: int) -> bool:
        """Back (-1) or forward (1) in what was read. Back of the first entry is the list. False: there is no way."""
        ways = self._back if step < 0 else self._forward
        others = self._forward if step < 0 else self._back
        if not ways:
            if step < 0 and self.entry is not None:
                self._forward.append((self.entry, self.section))
                self.entry = None
                return True
            return False
        if self.entry is not None:
            others.append((self.entry, self.section))
        self._turn_to(*ways.pop())
        return True

    def close(self) -> None:
        """Back to the list."""
        self.entry = None
        self._back.clear()
        self._forward.clear()

    def renewed(self, entry: Entry | None) -> None:
        """The file of the open entry was written: what it says now takes its place."""
        if entry is not None and self.entry is not None and entry.id == self.entry.id:
            self.entry = entry
            self.section = min(self.section, len(entry.sections))

    def _turn_to(self, entry: Entry, section: int) -> None:
        self.entry, self.section, self.stop = entry, section, 0


def search(library: Library, question: str) -> list[Result]:
    """For a question that is being typed: entries that know it as an error line first."""
    known = [
        Result(one.row.id, one.row.title, one.row.severity, one.why, known=True)
        for one in library.match(question)
        if one.how == "signature"
    ]
    ids = {one.id for one in known}
    hits = library.search(question, SEARCH_LIMIT, typing=True)
    return known + [
        Result(hit.row.id, hit.row.title, hit.row.severity, hit.why, hit.snippet)
        for hit in hits
        if hit.row.id not in ids
    ]


def match(library: Library, pasted: str) -> list[Result]:
    """For a line or a paste."""
    return [
        Result(one.row.id, one.row.title, one.row.severity, one.why, one.text, one.how == "signature")
        for one in library.match(pasted)
    ]
