"""A few lines of text that are painted again only where they changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual.geometry import Region, Size

from triage_tui.ui.canvas import Canvas
from triage_tui.ui.cells import Line
from triage_tui.ui.palette import Palette


class Lines(Canvas):
    """Shows lines; as high as they are many.

    surface  how many of the first lines are those that part the screen
    """

    DEFAULT_CSS = """
    Lines { height: auto; width: 1fr; }
    """

    def __init__(self, palette: Palette, *, surface: int = 0, id: str | None = None) -> None:
        super().__init__(palette, id=id)
        self._surface = surface
        self._shown: tuple[Line, ...] = ()

    @property
    def shown(self) -> tuple[Line, ...]:
        """The lines on screen."""
        return self._shown

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines. A different number of lines costs a layout, a different text only its own line."""
        new = tuple(lines)
        old, self._shown = self._shown, new
        # In a storm of sizes a layout that was asked for may get lost: what is not as high as it should be asks again.
        misplaced = bool(self.size.width) and self.size.height != len(new)
        if len(new) != len(old) or misplaced:
            self.refresh(layout=True)
            return
        if new == old:
            return
        self.refresh(
            *(
                Region(0, y, self.size.width, 1)
                for y, (was, now) in enumerate(zip(old, new, strict=True))
                if was != now
            )
        )

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """One line each."""
        return len(self._shown)

    def line_at(self, y: int) -> tuple[Line, Style | None]:
        """One line."""
        line = self._shown[y] if y < len(self._shown) else ()
        return line, self.palette.surface if y < self._surface else None
