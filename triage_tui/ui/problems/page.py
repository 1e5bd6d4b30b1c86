"""The selected finding in full, below the list."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from triage_tui.ui.cells import Cell, Line
from triage_tui.ui.glance import Glance
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette
from triage_tui.ui.problems.detail import finding_lines
from triage_tui.ui.problems.listing import Problems

NOTHING: Line = (Cell("Nothing is wrong as far as can be seen. Esc goes back to the panes.", "dim"),)


class Page(VerticalScroll, can_focus=False):
    """Scrolls with the wheel; the keys stay with the list."""

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="finding")
        self._lines = Lines(palette)
        self._key: object = None

    def compose(self) -> ComposeResult:
        """One block of lines."""
        yield self._lines

    def tell(self, glance: Glance, problems: Problems) -> None:
        """Show the finding that is selected in the list; another one from its first line."""
        width = max(20, self.scrollable_content_region.width - 1)
        finding = problems.finding
        if finding is None:
            lines: Sequence[Line] = (NOTHING,)
        else:
            guides = problems.guides_of(finding)
            lines = finding_lines(glance, finding, problems.incident, guides, width)
        key = finding.key if finding is not None else None
        if key != self._key:
            self._key = key
            self.scroll_to(y=0, animate=False)
        self._lines.show(lines)
