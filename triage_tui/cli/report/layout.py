"""Lines of text in columns, measured in terminal cells."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triage_tui.text import display_width, fit

ROWS = 15
"""Rows of one table. What is wrong stands on top; the rest is for `--json`."""

_GAP = "  "


class Column(Struct, frozen=True):
    """A column of a table. least: cells that it keeps when there is too little room; None: it never shrinks."""

    title: str
    right: bool = False
    least: int | None = None


def table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int, indent: str = "  "
) -> list[str]:
    """The first ROWS rows under their titles, aligned, and how many more there are.

    Columns that may shrink do so from the widest; what does not fit then is left to be cut on the right.
    """
    shown = rows[:ROWS]
    widths = [
        max(display_width(text) for text in (column.title, *(row[index] for row in shown)))
        for index, column in enumerate(columns)
    ]
    room = width - len(indent) - len(_GAP) * (len(columns) - 1)
    while sum(widths) > room:
        elastic = [
            index
            for index, column in enumerate(columns)
            if column.least is not None and widths[index] > column.least
        ]
        if not elastic:
            break
        widest = max(elastic, key=lambda index: widths[index])
        widths[widest] -= 1
    lines = [
        indent
        + _GAP.join(
            _cell(text, size, column) for text, size, column in zip(row, widths, columns, strict=True)
        )
        for row in ([column.title for column in columns], *shown)
    ]
    if len(rows) > len(shown):
        lines.append(f"{indent}and {len(rows) - len(shown)} more")
    return lines


def wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """The text in lines of at most `width` cells, broken at spaces where there are any."""
    lines: list[str] = []
    line, empty = first, True
    for word in text.split():
        if not empty and display_width(line) + 1 + display_width(word) > width:
            lines.append(line)
            line, empty = rest, True
        while display_width(line) + display_width(word) > width and len(word) > 1:
            # A word longer than a whole line: a URL, a path. It is cut into pieces rather than cut off.
            head = fit(word, max(2, width - display_width(line)), ellipsis="").rstrip()
            lines.append(line + head)
            line, word, empty = rest, word[len(head) :], True
        line = line + word if empty else f"{line} {word}"
        empty = False
    return lines if empty and lines else [*lines, line]


def _cell(text: str, size: int, column: Column) -> str:
    if column.right:
        return " " * (size - display_width(text)) + text if display_width(text) <= size else fit(text, size)
    return fit(text, size)
