"""The help page: every key, and what the symbols mean."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen

from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, hanging
from triage_tui.ui.glance import STATES
from triage_tui.ui.keys import action_lines, help_lines
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette

MEANINGS = {
    "live": "the numbers are of now, and not older than what stands beside the word",
    "STALE": "no look succeeded for three intervals: old numbers, shown dim",
    "DOWN": "the last look failed; the server's words and a next step stand below",
    "DENIED": "turned away; not asked again until you press r",
    "connecting": "nothing is known yet",
}

FIGURES = {
    figures.UNKNOWN: "unknown: never zero, and never counted as fine",
    figures.ABSENT: "does not exist: no limit, no health check",
    "*": "jobs of all queues of that system together",
}


class Help(ModalScreen[None]):
    """Closes with Esc, `?` or q."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "Close", show=False),
        Binding("j", "scroll(1)", "Down", show=False),
        Binding("k", "scroll(-1)", "Up", show=False),
    ]

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._lines = Lines(palette)

    def compose(self) -> ComposeResult:
        """One scrollable page."""
        with VerticalScroll():
            yield self._lines

    def on_mount(self) -> None:
        """Arrows and pages move the page."""
        self.query_one(VerticalScroll).focus()

    def action_scroll(self, lines: int) -> None:
        """Move the page."""
        self.query_one(VerticalScroll).scroll_relative(y=lines)

    def on_resize(self) -> None:
        """Fill the page."""
        self._lines.show(_page(self.query_one(VerticalScroll).scrollable_content_region.width - 1))


def _page(width: int) -> list[Line]:
    states: list[Line] = []
    for symbol, word, tone in STATES.values():
        states += hanging((Cell(f"{symbol:>7}  ", tone), Cell(f"{word:<11}", tone)), MEANINGS[word], width)
    unknown: list[Line] = []
    for symbol, meaning in FIGURES.items():
        unknown += hanging((Cell(f"{symbol:>7}  ", "strong"),), meaning, width)
    return [
        (Cell("Keys", "title"), Cell("    Esc closes", "dim")),
        *help_lines(width),
        (),
        (
            Cell("Actions", "title"),
            Cell("    on a row or finding that they apply to; each shows what it does and asks", "dim"),
        ),
        *action_lines(width),
        (),
        (Cell("States", "title"),),
        *states,
        (),
        (Cell("Figures", "title"),),
        *unknown,
    ]
