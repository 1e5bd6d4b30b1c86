"""What is asked at the desk, and what its answers mean for the reader. Answers come later, on the screen's thread."""

from __future__ import annotations

from collections.abc import Callable

from triage_tui.guides.entry import Entry
from triage_tui.text import safe
from triage_tui.ui.glance import Glance
from triage_tui.ui.guides import page, state
from triage_tui.ui.guides.desk import Desk
from triage_tui.ui.guides.now import now, suggestions, text_of
from triage_tui.ui.selected import Shown

SUGGEST_EVERY_S = 2.0
"""Suggestions are no faster than looks."""


class Enquiry:
    """Asks for the reader.

    trouble  why guides cannot be read; "" where they can
    """

    def __init__(
        self, desk: Desk, reader: state.Reader, draw: Callable[[bool], None], turn: Callable[[], None]
    ) -> None:
        """draw: what is shown has changed; True: the cursor has to be seen.

        turn: something else is read, from its first line.
        """
        self._desk = desk
        self._reader = reader
        self._draw = draw
        self._turn = turn
        self._asked_at = -SUGGEST_EVERY_S
        self._selected = ""
        self._wanted: str | None = None
        self.trouble = ""

    def open(self, post: Callable[[Callable[[], None]], None]) -> None:
        """The desk begins to work. post: runs something on the screen's thread."""
        self._desk.open(post, self._on_news)

    def suggest(self, glance: Glance, shown: Shown | None) -> None:
        """For what is known now, unless it was asked just before."""
        selected, at = text_of(shown), glance.picture.taken_at
        if selected == self._selected and at - self._asked_at < SUGGEST_EVERY_S:
            return
        self._selected, self._asked_at = selected, at
        known = now(glance, shown)
        self._desk.ask("suggest", lambda library: suggestions(library, known), self.on_suggestions)

    def on_suggestions(self, found: object) -> None:
        """Suggestions, or why there are none."""
        reader = self._reader
        if self._failed(found) or found == reader.suggestions or not isinstance(found, list):
            return
        reader.suggestions = found
        if reader.entry is None and reader.results is None:
            self._draw(False)

    def ask(self, question: str, *, is_line: bool = False) -> None:
        """A question, or a line for which "no match" is an answer. The last one counts."""
        self._wanted = question

        def answered(found: object) -> None:
            if self._failed(found) or not isinstance(found, list) or question != self._wanted:
                return
            self._reader.found(question, found, is_line=is_line)
            self._draw(True)

        work = state.match if is_line else state.search
        self._desk.ask("ask", lambda library: work(library, question), answered)

    def drop(self) -> None:
        """No answer is waited for any more."""
        self._wanted = None

    def read(self, id: str, section: str = "") -> None:
        """Open an entry, at one of its sections where it has it."""

        def answered(found: object) -> None:
            if not self._failed(found) and isinstance(found, Entry):
                names = page.titles(found)
                self._reader.open(found, names.index(section) if section in names else 0)
                self._turn()

        self._desk.ask("read", lambda library: library.entry(id), answered)

    def _on_news(self) -> None:
        """A guide was written: what is shown is asked for again."""
        reader = self._reader
        if reader.results is not None:
            self.ask(reader.question, is_line=reader.is_line)
        if reader.entry is not None:
            id = reader.entry.id

            def answered(found: object) -> None:
                if isinstance(found, Entry):
                    reader.renewed(found)
                    self._draw(False)

            self._desk.ask("read", lambda library: library.entry(id), answered)
        self._asked_at = -SUGGEST_EVERY_S

    def _failed(self, found: object) -> bool:
        failed = isinstance(found, Exception)
        self.trouble = f"guides cannot be read: {safe(str(found))}" if failed else ""
        if failed:
            self._draw(False)
        return failed
