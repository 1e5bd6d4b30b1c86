"""A few lines of text that are painted again only where they changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from triage_tui.ui.cells import Line, strip
from triage_tui.ui.palette import Palette


class Lines(Widget):
    """Shows lines; as high as they are many."""

    DEFAULT_CSS = """
    Lines { height: auto; width: 1fr; }
    """

    def __init__(self, palette: Palette, *, surface: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._palette = palette
        self._over = palette.surface if surface else None
        self._shown: tuple[Line, ...] = ()

    @property
    def shown(self) -> tuple[Line, ...]:
        """The lines on screen."""
        return self._shown

    def show(self, lines: Sequence[Line]) -> None:
        """Show these lines. A different number of lines costs a layout, a different text only its own line."""
        new = tuple(lines)
        old, self._shown = self._shown, new
        if new == old:
            return
        if len(new) != len(old):
            self.refresh(layout=True)
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

    def render_line(self, y: int) -> Strip:
        """One line."""
        line = self._shown[y] if y < len(self._shown) else ()
        return strip(line, self.size.width, self._palette, self._over)
