"""The place of the sidebar beside the panes: made when it is first wanted, shown, hidden, and told what is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.widget import Widget

from triage_tui.ui.glance import Glance
from triage_tui.ui.guides.desk import Desk, Post
from triage_tui.ui.palette import Palette
from triage_tui.ui.selected import Shown

if TYPE_CHECKING:
    from triage_tui.ui.sidebar import Sidebar


class Side:
    """No start has to wait for what the sidebar needs."""

    def __init__(self, screen: Screen[None], body: Widget, palette: Palette, desk: Desk, post: Post) -> None:
        """body: what it stands in; it has to be on the screen before the sidebar is first shown."""
        self._screen = screen
        self._body = body
        self._palette = palette
        self._desk = desk
        self._post = post
        self._made: Sidebar | None = None

    @property
    def bar(self) -> Sidebar:
        """The sidebar, made now if it has not been."""
        if self._made is None:
            from triage_tui.ui.sidebar import Sidebar

            self._made = Sidebar(self._palette, self._desk)
            self._made.display = False
        return self._made

    @property
    def is_shown(self) -> bool:
        """It is on the screen."""
        return self._made is not None and self._made.display

    def tell(self, read: Shown, glance: Glance | None) -> None:
        """Follow what the reader looks at."""
        if self.is_shown:
            self.bar.show(read, glance)

    def toggle(self, back: Callable[[], Widget]) -> None:
        """Show it and go there, or hide it and go back. Narrow screens give it the place of the panes."""
        bar = self.bar
        if bar.display and not bar.has_focus_within and not self._screen.has_class("-narrow"):
            bar.focus()
            return
        # Who has the keys now is asked before anything moves.
        behind = back()
        if not bar.is_attached:
            self._body.mount(bar)
        bar.display = not bar.display
        self._screen.set_class(bar.display, "-with-sidebar")
        if bar.display:
            bar.open(self._post)
            # What was mounted just now can be focused once its parts are there.
            self._screen.call_after_refresh(bar.focus)
        else:
            behind.focus()

    def read(self, id: str, section: str, back: Callable[[], Widget]) -> None:
        """Show an entry at one of its sections; with no id, what is suggested."""
        if self.is_shown:
            self.bar.focus()
        else:
            self.toggle(back)
        if id:
            self.bar.read(id, section)
