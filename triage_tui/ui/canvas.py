"""What is painted: lines that are made when they change, and widgets that leave painting to their children.

For every update, however small, the compositor asks every widget of the screen for all its lines, and each time
Textual's own widgets work out borders, padding and filters anew. What is here has none of these, so the answer is a
list of lines that are there already.
"""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.color import Color
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from triage_tui.ui.cells import Cell, Line, strip
from triage_tui.ui.palette import BACKGROUND, Palette

BEHIND = Color.parse(BACKGROUND)
"""What filters take to be behind a line. Every cell has a background of its own, or is to have the terminal's."""


class Canvas(Widget):
    """Lines in the palette's styles.

    A subclass says with `line_at` what stands in each line, and asks for a repaint where that has changed.
    """

    GAP: ClassVar[str] = ""
    """What stands between two cells of most lines."""

    def __init__(self, palette: Palette, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.palette = palette
        self._made: dict[int, tuple[Line, Style | None, int, Strip]] = {}
        self._made_for = self.size

    def line_at(self, y: int) -> tuple[Line, Style | None]:
        """A line, and the style that is laid over all of it."""
        raise NotImplementedError

    def gap_at(self, y: int) -> str:
        """What stands between two cells of this line."""
        return self.GAP

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget."""
        if self._made_for != self.size:
            self._made_for = self.size
            self._made.clear()
        strips = [self.render_line(y) for y in range(crop.y, crop.bottom)]
        if crop.x == 0 and crop.width == self.size.width:
            return strips
        return [one.crop(crop.x, crop.right) for one in strips]

    def render_line(self, y: int) -> Strip:
        """One line, made anew where it is another than the last time."""
        width = self.size.width
        line, over = self.line_at(y)
        made = self._made.get(y)
        if made is not None and made[0] == line and made[1] is over and made[2] == width:
            return made[3]
        shown = strip(_with_gaps(line, self.gap_at(y)), width, self.palette, over)
        for line_filter in self.get_line_filters():
            shown = shown.apply_filter(line_filter, BEHIND)
        self._made[y] = (line, over, width, shown)
        return shown

    def on_hide(self) -> None:
        """Lines that nobody sees are made again when somebody does: each holds all the parts it was ever cut into."""
        self._made.clear()


def _with_gaps(line: Line, gap: str) -> Line:
    """A gap looks like the cell after it."""
    if not gap or not line:
        return line
    spaced = [part for cell in line[1:] for part in (Cell(gap, cell.tone), cell)]
    return (line[0], *spaced)


class Hollow(Widget):
    """Paints nothing: its children cover it, and where they do not, the screen is seen."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """No lines at all."""
        return []
