"""A table on the line API: fixed column widths, and only the cells that changed are painted again.

Textual's own DataTable repaints whole for one changed cell; on a slow line that is the difference between a few
hundred bytes and twelve kilobytes a refresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from triage_tui.ui.canvas import Canvas
from triage_tui.ui.cells import Cell, Line
from triage_tui.ui.listing import Listing
from triage_tui.ui.palette import Palette
from triage_tui.ui.rows import Column, Order, Row, Slot, heading_line, lay_out, row_line

WHEEL_ROWS = 3
"""Rows that one notch of a mouse wheel moves."""


class Table(Canvas, can_focus=True):
    """Rows under fixed columns, with a selection that stays on its row while rows come, go and change places."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
        Binding("home", "end(-1)", "First", show=False),
        Binding("end", "end(1)", "Last", show=False),
        Binding("o", "order_next", "Order by next column", show=False),
        Binding("i", "order_invert", "Invert order", show=False),
    ]

    GAP: ClassVar[str] = " "

    SLOTTED_HEADING: ClassVar[bool] = True
    """The first line has one cell for each column, as the rows have."""

    class Selected(Message):
        """The selection is on another row, or on none."""

        def __init__(self, table: Table, row: Row | None) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> Table:
            """The table that the message is from."""
            return self.table

    class Opened(Message):
        """Enter or a double click on a row."""

        def __init__(self, table: Table, row: Row | None) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> Table:
            """The table that the message is from."""
            return self.table

    def __init__(
        self, columns: Sequence[Column], palette: Palette, *, empty: str = "", id: str | None = None
    ) -> None:
        super().__init__(palette, id=id)
        self._columns = tuple(columns)
        self._empty = empty
        self._listing = Listing()
        self._slots: tuple[Slot, ...] = ()
        self._heading = True
        self._painted: list[tuple[Line, bool]] = []
        self._drawn: dict[str, tuple[Row, Line]] = {}

    # What is shown

    @property
    def rows_shown(self) -> Sequence[Row]:
        """The rows in the order of the screen, those above and below its edges included."""
        return self._listing.shown

    @property
    def rows_on_screen(self) -> Sequence[Row]:
        """The rows between the edges of the screen."""
        return self._listing.on_screen

    @property
    def rows_total(self) -> int:
        """Rows before the search."""
        return len(self._listing.rows)

    @property
    def order(self) -> Order:
        """How the rows are ordered."""
        return self._listing.order

    @property
    def search(self) -> str:
        """What the rows are searched for."""
        return self._listing.search

    @property
    def selected(self) -> Row | None:
        """The row under the selection."""
        return self._listing.selected

    def show(self, rows: Sequence[Row], *, empty: str | None = None) -> None:
        """Show these rows. empty: what to say where there are none."""
        if empty is not None and empty != self._empty:
            self._empty = empty
        if rows != self._listing.rows:
            self._put(rows=rows)
        self._paint()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Begin again with other columns: without rows, search and order."""
        self._columns = tuple(columns)
        self._listing = Listing()
        if self.size.width:
            self.on_resize()

    def set_search(self, search: str) -> None:
        """Show only rows that hold all these words."""
        self._put(search=search)
        self._paint()

    def set_order(self, order: Order) -> None:
        """Order the rows."""
        self._put(order=order)
        self._paint()

    def set_heading(self, shown: bool) -> None:
        """Show or hide the column titles."""
        if shown != self._heading:
            self._heading = shown
            self._listing.fit(self._body_height)
            self._paint()

    def _put(
        self, *, rows: Sequence[Row] | None = None, order: Order | None = None, search: str | None = None
    ) -> None:
        if self._listing.put(rows, order=order, search=search):
            self.post_message(self.Selected(self, self.selected))

    # Painting

    @property
    def _body_height(self) -> int:
        """Lines that are left for rows."""
        return max(0, self.size.height - (1 if self._heading else 0))

    def _heading_line(self) -> Line:
        """What stands above the rows."""
        return heading_line(self._slots, self._listing.order, self.palette.unicode)

    def _lines(self) -> list[tuple[Line, bool]]:
        """Every line as it should look now, and whether it is the selected one."""
        listing = self._listing
        lines: list[tuple[Line, bool]] = []
        if self._heading and self.size.height:
            lines.append((self._heading_line(), False))
        if not listing.shown:
            text = self._empty if not listing.search else f"no row holds “{listing.search}”"
            lines.append(((Cell(text, "dim"),), False))
            return lines
        # Most rows look as they did: those are not drawn again.
        known, self._drawn = self._drawn, {}
        for index, row in enumerate(listing.on_screen, start=listing.top):
            was = known.get(row.key)
            line = was[1] if was is not None and was[0] == row else row_line(row, self._slots)
            self._drawn[row.key] = row, line
            lines.append((line, index == listing.cursor and self.has_focus))
        return lines

    def _paint(self) -> None:
        """Ask for a repaint of exactly those cells that differ from what was painted last."""
        if not self.size.width:
            return
        lines = self._lines()
        blank: tuple[Line, bool] = ((), False)
        changed: list[Region] = []
        for y in range(max(len(lines), len(self._painted))):
            new = lines[y] if y < len(lines) else blank
            old = self._painted[y] if y < len(self._painted) else blank
            if new == old:
                continue
            slotted = len(new[0]) == len(old[0]) == len(self._slots) and (y > 0 or self.SLOTTED_HEADING)
            if new[1] != old[1] or not slotted:
                changed.append(Region(0, y, self.size.width, 1))
                continue
            changed.extend(
                Region(slot.x, y, slot.width, 1)
                for slot, was, now in zip(self._slots, old[0], new[0], strict=True)
                if was != now
            )
        self._painted = lines
        if changed:
            self.refresh(*changed)

    def line_at(self, y: int) -> tuple[Line, Style | None]:
        """One line of the table."""
        if y >= len(self._painted):
            return (), None
        line, selected = self._painted[y]
        return line, self.palette.selected if selected else None

    def on_resize(self) -> None:
        """Give the columns their room."""
        self._slots = lay_out(self._columns, self.size.width)
        self._drawn.clear()
        self._listing.fit(self._body_height)
        self._painted = self._lines()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show or hide the selection."""
        super().watch_has_focus(has_focus)
        self._paint()
        if has_focus:
            self.post_message(self.Selected(self, self.selected))

    # Moving

    def select(self, index: int) -> None:
        """Select a row by its place, or the nearest there is."""
        if self._listing.shown:
            self._listing.select(index)
            self._paint()
            self.post_message(self.Selected(self, self.selected))

    def action_move(self, rows: int) -> None:
        """Move the selection."""
        self.select(self._listing.cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the selection by screenfuls."""
        self.select(self._listing.cursor + pages * max(1, self._body_height - 1))

    def action_end(self, side: int) -> None:
        """Select the first (−1) or the last (1) row."""
        self.select(0 if side < 0 else len(self._listing.shown) - 1)

    def action_order_next(self) -> None:
        """Order by the next column that is shown; after the last one, as the rows come."""
        keys = [slot.column.key for slot in self._slots if slot.column.sortable]
        if self.order.column is None:
            following = keys[0] if keys else None
        else:
            after = keys.index(self.order.column) + 1 if self.order.column in keys else 0
            following = keys[after] if after < len(keys) else None
        self._order_by(following)

    def action_order_invert(self) -> None:
        """Turn the order round."""
        if self.order.column is not None:
            self.set_order(Order(self.order.column, not self.order.descending))

    def _order_by(self, key: str | None) -> None:
        column = next((column for column in self._columns if column.key == key), None)
        # Numbers are right-aligned, and of a number one wants to see the largest first.
        self.set_order(Order(key, descending=column is not None and column.align == "right"))

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Select a row; on a title, order by it; twice, open."""
        y = event.y - (1 if self._heading else 0)
        if y < 0:
            slot = next((s for s in self._slots if s.x <= event.x <= s.x + s.width), None)
            if slot is not None and slot.column.sortable:
                if slot.column.key == self.order.column:
                    self.action_order_invert()
                else:
                    self._order_by(slot.column.key)
            return
        if self._listing.top + y < len(self._listing.shown):
            self.select(self._listing.top + y)
            if event.chain == 2:
                self.post_message(self.Opened(self, self.selected))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down."""
        event.stop()
        self.action_move(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up."""
        event.stop()
        self.action_move(-WHEEL_ROWS)
