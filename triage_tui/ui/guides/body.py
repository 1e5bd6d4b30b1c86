"""What scrolls in the sidebar: the list, or the section that is read."""

from __future__ import annotations

from textual.containers import VerticalScroll


class Body(VerticalScroll, can_focus=True):
    """It has the keys while nothing is typed."""

    def reveal(self, first: int, last: int) -> None:
        """Scroll until lines are seen: as little as can be."""
        height, top = self.size.height, int(self.scroll_y)
        if first < top:
            self.scroll_to(y=max(0, first - 1), animate=False)
        elif last >= top + height:
            self.scroll_to(y=min(first, last - height + 1), animate=False)
