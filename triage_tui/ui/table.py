"""A table on the line API: fixed column widths, and only the cells that changed are painted again.

Textual's own DataTable repaints whole for one changed cell; on a slow line that is the difference between a few
hundred bytes and twelve kilobytes a refresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from triage_tui.ui.cells import Cell, Line, strip
from triage_tui.ui.palette import Palette
from triage_tui.ui.rows import Column, Order, Row, Slot, arrange, heading_line, lay_out, row_line

WHEEL_ROWS = 3
"""Rows that one notch of a mouse wheel moves."""


class Table(Widget, can_focus=True):
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
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._palette = palette
        self._empty = empty
        self._rows: Sequence[Row] = ()
        self._shown: list[Row] = []
        self._slots: tuple[Slot, ...] = ()
        self._order = Order()
        self._search = ""
        self._selected: str | None = None
        self._cursor = 0
        self._top = 0
        self._heading = True
        self._painted: list[tuple[Line, bool]] = []

    # What is shown

    @property
    def rows_shown(self) -> Sequence[Row]:
        """The rows in the order of the screen, those above and below its edges included."""
        return self._shown

    @property
    def rows_on_screen(self) -> Sequence[Row]:
        """The rows between the edges of the screen."""
        return self._shown[self._top : self._top + self.body_height]

    @property
    def rows_total(self) -> int:
        """Rows before the search."""
        return len(self._rows)

    @property
    def order(self) -> Order:
        """How the rows are ordered."""
        return self._order

    @property
    def search(self) -> str:
        """What the rows are searched for."""
        return self._search

    @property
    def selected(self) -> Row | None:
        """The row under the selection."""
        return self._shown[self._cursor] if self._cursor < len(self._shown) else None

    def show(self, rows: Sequence[Row], *, empty: str | None = None) -> None:
        """Show these rows. empty: what to say where there are none."""
        if empty is not None and empty != self._empty:
            self._empty = empty
            self._painted.clear()
        if rows != self._rows:
            self._rows = rows
            self._rearrange()
        self._paint()

    def set_search(self, search: str) -> None:
        """Show only rows that hold all these words."""
        self._search = search
        self._rearrange()
        self._paint()

    def set_order(self, order: Order) -> None:
        """Order the rows."""
        self._order = order
        self._rearrange()
        self._paint()

    def set_heading(self, shown: bool) -> None:
        """Show or hide the column titles."""
        if shown != self._heading:
            self._heading = shown
            self._paint()

    def _rearrange(self) -> None:
        self._shown = arrange(self._rows, self._order, self._search)
        was = self._selected
        for index, row in enumerate(self._shown):
            if row.key == self._selected:
                self._cursor = index
                break
        else:
            # The row is gone: stay in the place where it was.
            self._cursor = max(0, min(self._cursor, len(self._shown) - 1))
            self._selected = self._shown[self._cursor].key if self._shown else None
        self._keep_cursor_visible()
        if self._selected != was:
            self.post_message(self.Selected(self, self.selected))

    # Painting

    @property
    def body_height(self) -> int:
        """Lines that are left for rows."""
        return max(0, self.size.height - (1 if self._heading else 0))

    def _lines(self) -> list[tuple[Line, bool]]:
        """Every line as it should look now, and whether it is the selected one."""
        lines: list[tuple[Line, bool]] = []
        if self._heading and self.size.height:
            lines.append((heading_line(self._slots, self._order, self._palette.unicode), False))
        if not self._shown:
            text = self._empty if not self._search else f"no row holds “{self._search}”"
            lines.append(((Cell(text, "dim"),), False))
            return lines
        for index in range(self._top, min(self._top + self.body_height, len(self._shown))):
            lines.append(
                (row_line(self._shown[index], self._slots), index == self._cursor and self.has_focus)
            )
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
            if new[1] != old[1] or len(new[0]) != len(old[0]) or len(new[0]) != len(self._slots):
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

    def render_line(self, y: int) -> Strip:
        """One line of the table."""
        width = self.size.width
        if y >= len(self._painted):
            return strip((), width, self._palette)
        cells, selected = self._painted[y]
        spaced: list[Cell] = []
        for index, cell in enumerate(cells):
            if index:
                spaced.append(Cell(" ", cell.tone))
            spaced.append(cell)
        return strip(tuple(spaced), width, self._palette, self._palette.selected if selected else None)

    def on_resize(self) -> None:
        """Give the columns their room."""
        self._slots = lay_out(self._columns, self.size.width)
        self._keep_cursor_visible()
        self._painted = self._lines()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show or hide the selection."""
        super().watch_has_focus(has_focus)
        self._paint()
        if has_focus:
            self.post_message(self.Selected(self, self.selected))

    # Moving

    def _keep_cursor_visible(self) -> None:
        height = max(1, self.body_height)
        self._top = max(0, min(self._top, len(self._shown) - height))
        if self._cursor < self._top:
            self._top = self._cursor
        elif self._cursor >= self._top + height:
            self._top = self._cursor - height + 1

    def _select(self, index: int) -> None:
        if not self._shown:
            return
        self._cursor = max(0, min(index, len(self._shown) - 1))
        self._selected = self._shown[self._cursor].key
        self._keep_cursor_visible()
        self._paint()
        self.post_message(self.Selected(self, self.selected))

    def action_move(self, rows: int) -> None:
        """Move the selection."""
        self._select(self._cursor + rows)

    def action_page(self, pages: int) -> None:
        """Move the selection by screenfuls."""
        self._select(self._cursor + pages * max(1, self.body_height - 1))

    def action_end(self, side: int) -> None:
        """Select the first (−1) or the last (1) row."""
        self._select(0 if side < 0 else len(self._shown) - 1)

    def action_order_next(self) -> None:
        """Order by the next column that is shown; after the last one, as the rows come."""
        keys = [slot.column.key for slot in self._slots if slot.column.sortable]
        if self._order.column is None:
            following = keys[0] if keys else None
        else:
            after = keys.index(self._order.column) + 1 if self._order.column in keys else 0
            following = keys[after] if after < len(keys) else None
        self._order_by(following)

    def action_order_invert(self) -> None:
        """Turn the order round."""
        if self._order.column is not None:
            self.set_order(Order(self._order.column, not self._order.descending))

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
                if slot.column.key == self._order.column:
                    self.action_order_invert()
                else:
                    self._order_by(slot.column.key)
            return
        if self._top + y < len(self._shown):
            self._select(self._top + y)
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
