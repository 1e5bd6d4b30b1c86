"""Rows as a reader goes through them: searched, ordered, one of them selected. No widget here."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.ui.rows import Order, Row, arrange


class Listing:
    """The selection stays on its row while rows come, go and change places.

    rows    all rows, as they came
    shown   those that the search leaves, in order
    cursor  index of the selected one among them
    top     index of the first one between the edges of the screen, which are `height` rows apart
    """

    def __init__(self) -> None:
        self.rows: Sequence[Row] = ()
        self.shown: list[Row] = []
        self.order = Order()
        self.search = ""
        self.cursor = 0
        self.top = 0
        self._height = 0
        self._selected: str | None = None

    @property
    def selected(self) -> Row | None:
        """The row under the selection."""
        return self.shown[self.cursor] if self.cursor < len(self.shown) else None

    @property
    def on_screen(self) -> Sequence[Row]:
        """The rows between the edges of the screen."""
        return self.shown[self.top : self.top + self._height]

    def put(
        self,
        rows: Sequence[Row] | None = None,
        *,
        order: Order | None = None,
        search: str | None = None,
    ) -> bool:
        """Take other rows, another order, another search; None leaves what is. True where another row is selected."""
        self.rows = self.rows if rows is None else rows
        self.order = self.order if order is None else order
        self.search = self.search if search is None else search
        self.shown = arrange(self.rows, self.order, self.search)
        was = self._selected
        self.cursor = next(
            (index for index, row in enumerate(self.shown) if row.key == was),
            # The row is gone: stay in the place where it was.
            max(0, min(self.cursor, len(self.shown) - 1)),
        )
        self._selected = self.shown[self.cursor].key if self.shown else None
        self._keep_cursor_on_screen()
        return self._selected != was

    def select(self, index: int) -> None:
        """Select a row, or the nearest one there is."""
        if self.shown:
            self.cursor = max(0, min(index, len(self.shown) - 1))
            self._selected = self.shown[self.cursor].key
            self._keep_cursor_on_screen()

    def fit(self, height: int) -> None:
        """There is room for this many rows."""
        self._height = height
        self._keep_cursor_on_screen()

    def _keep_cursor_on_screen(self) -> None:
        height = max(1, self._height)
        self.top = max(0, min(self.top, len(self.shown) - height))
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + height:
            self.top = self.cursor - height + 1
