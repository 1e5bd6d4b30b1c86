"""Rows and columns of a table, and how they are chosen, ordered and given room. No widget here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from triage_tui.text import display_width, fit
from triage_tui.ui.cells import Cell, Line

SortValue = float | str | None


class Column(Struct, frozen=True):
    """One column of a table.

    width  cells it takes, its gap to the next column not counted; for a flexible column the least it can do with
    rank   0 is kept longest: where room is short the column with the highest rank goes first
    flex   its share of the room that is left over; 0: it never grows
    most   cells beyond which a flexible column does not grow
    """

    key: str
    title: str
    width: int
    align: Literal["left", "right"] = "left"
    rank: int = 0
    flex: int = 0
    most: int = 200
    sortable: bool = True


class Row(Struct, frozen=True):
    """One row.

    key     what the row is about: stable over time, so that a selection can follow it
    cells   by column key; a missing one is drawn empty
    sort    by column key: number, text, or None for unknown (always last)
    words   what `/` looks at, lower case
    parent  key of the row that this one hangs below: it moves, and is shown, together with it
    """

    key: str
    cells: dict[str, Cell]
    sort: dict[str, SortValue] = {}
    words: str = ""
    parent: str | None = None


class Order(Struct, frozen=True):
    """How rows are ordered. column: None keeps the order in which the rows came."""

    column: str | None = None
    descending: bool = False


def arrange(rows: Sequence[Row], order: Order, search: str = "") -> list[Row]:
    """The rows to show: those that match the search with all that they hang below, ordered among their siblings.

    search: words that must all occur, in any order; case does not matter.
    """
    kept = _matching(rows, search)
    if order.column is None:
        return kept
    children: dict[str | None, list[Row]] = {}
    present = {row.key for row in kept}
    for row in kept:
        children.setdefault(row.parent if row.parent in present else None, []).append(row)
    arranged: list[Row] = []
    waiting = _ordered(children.pop(None, []), order)[::-1]
    # Rows that hang below each other in a circle have no top: the first of them is taken for one.
    while waiting or children:
        if not waiting:
            waiting = children.pop(next(iter(children)))[::-1]
        row = waiting.pop()
        arranged.append(row)
        waiting.extend(_ordered(children.pop(row.key, []), order)[::-1])
    return arranged


def _matching(rows: Sequence[Row], search: str) -> list[Row]:
    words = search.lower().split()
    if not words:
        return list(rows)
    by_key = {row.key: row for row in rows}
    kept: set[str] = set()
    for row in rows:
        if all(word in row.words for word in words):
            above: str | None = row.key
            while above is not None and above not in kept:
                kept.add(above)
                parent = by_key.get(above)
                above = parent.parent if parent is not None else None
    return [row for row in rows if row.key in kept]


def _ordered(rows: list[Row], order: Order) -> list[Row]:
    column = order.column or ""
    known = [row for row in rows if row.sort.get(column) is not None]
    unknown = [row for row in rows if row.sort.get(column) is None]
    known.sort(key=lambda row: _comparable(row.sort[column]), reverse=order.descending)
    return known + unknown


def _comparable(value: SortValue) -> tuple[int, float, str]:
    return (1, 0.0, value.casefold()) if isinstance(value, str) else (0, float(value or 0), "")


class Slot(Struct, frozen=True):
    """A column that is shown: where it starts and how wide it is, in cells."""

    column: Column
    x: int
    width: int


def lay_out(columns: Sequence[Column], width: int) -> tuple[Slot, ...]:
    """The columns that fit into `width` cells, with one cell between two of them.

    Depends on nothing but the width, so no content ever moves a column.
    """
    shown = list(columns)
    while len(shown) > 1 and sum(c.width for c in shown) + len(shown) - 1 > width:
        shown.remove(max(reversed(shown), key=lambda column: column.rank))
    widths = {column.key: min(column.width, width) for column in shown}
    left = width - sum(widths.values()) - (len(shown) - 1)
    growing = [column for column in shown if column.flex]
    while left > 0 and growing:
        shares = sum(column.flex for column in growing)
        given = 0
        for column in list(growing):
            more = min(max(1, left * column.flex // shares), column.most - widths[column.key], left - given)
            widths[column.key] += more
            given += more
            if widths[column.key] >= column.most:
                growing.remove(column)
        if not given:
            break
        left -= given
    slots: list[Slot] = []
    x = 0
    for column in shown:
        slots.append(Slot(column, x, widths[column.key]))
        x += widths[column.key] + 1
    return tuple(slots)


def row_line(row: Row, slots: Iterable[Slot]) -> Line:
    """A row drawn into its slots: one padded cell per slot."""
    return tuple(_slotted(row.cells.get(slot.column.key, _EMPTY), slot) for slot in slots)


def heading_line(slots: Iterable[Slot], order: Order, unicode: bool = True) -> Line:
    """The column titles; the one that orders the rows carries an arrow."""
    cells: list[Cell] = []
    for slot in slots:
        title = slot.column.title
        if order.column == slot.column.key:
            arrow = ("▼" if order.descending else "▲") if unicode else ("v" if order.descending else "^")
            title = f"{fit(title, slot.width - 1, ellipsis='').rstrip()}{arrow}"
        cells.append(_slotted(Cell(title, "dim"), slot))
    return tuple(cells)


_EMPTY = Cell("", "text")


def _slotted(cell: Cell, slot: Slot) -> Cell:
    text = cell.text
    if slot.column.align == "right":
        text = " " * max(0, slot.width - display_width(text)) + text
    return Cell(fit(text, slot.width), cell.tone)
