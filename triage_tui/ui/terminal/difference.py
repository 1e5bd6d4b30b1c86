"""From what a terminal shows to what it should show, in few bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from triage_tui.ui.terminal.grid import CONTINUED, UNKNOWN, Grid
from triage_tui.ui.terminal.pens import change

REWRITE_AT_MOST = 4
"""Equal cells between two changed ones that are written again rather than jumped over: a jump costs four bytes."""


class Pencil:
    """Where the terminal's cursor is and which pen it holds; None where that is not known."""

    def __init__(self) -> None:
        self.x: int | None = None
        self.y: int | None = None
        self.pen: int | None = None

    def lose(self) -> None:
        """The cursor may be anywhere, the pen may be any."""
        self.x = self.y = self.pen = None

    def move(self, x: int, y: int) -> str:
        """The shortest sequence that brings the cursor to a cell."""
        was_x, was_y = self.x, self.y
        self.x, self.y = x, y
        if was_x is not None and was_y == y:
            if was_x == x:
                return ""
            if x == 0:
                return "\r"
            column = f"\x1b[{x + 1}G"
            step = x - was_x
            relative = f"\x1b[{'' if abs(step) == 1 else abs(step)}{'C' if step > 0 else 'D'}"
            return min(relative, column, key=len)
        return f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H"


def difference(sent: Grid, wanted: Grid, rows: Iterable[int], pencil: Pencil) -> str:
    """What to send so that `rows` of the terminal look as wanted. Afterwards `sent` equals `wanted` in these rows.

    Both grids have the same size.
    """
    pieces: list[str] = []
    for y in rows:
        if y >= wanted.height:
            continue
        if sent.chars[y] == wanted.chars[y] and sent.pens[y] == wanted.pens[y]:
            continue
        for start, end in _runs(sent, wanted, y):
            pieces.append(pencil.move(start, y))
            pieces.append(_write(wanted, y, start, end, pencil))
        sent.chars[y][:] = wanted.chars[y]
        sent.pens[y][:] = wanted.pens[y]
    return "".join(pieces)


def _runs(sent: Grid, wanted: Grid, y: int) -> Iterator[tuple[int, int]]:
    """Half-open spans of cells to write, from left to right, never through the middle of a wide character."""
    old, new = sent.chars[y], wanted.chars[y]
    old_pens, new_pens = sent.pens[y], wanted.pens[y]
    width = wanted.width
    other = [a != b or c != d for a, b, c, d in zip(old, new, old_pens, new_pens, strict=True)]
    start = end = -1
    x = 0
    while x < width:
        last = x + 1
        while last < width and new[last] == CONTINUED:
            last += 1
        changed = True in other[x:last]
        # A character whose width terminals disagree on may have spilled into the next cell: that one is written too.
        spilled = x > 0 and other[x - 1] and not (_sure(old[x - 1]) and _sure(new[x - 1]))
        if not changed and not spilled:
            x = _next(other, new, last)
            continue
        if start < 0:
            start = x
        elif x - end > REWRITE_AT_MOST or any(new_pens[at] != new_pens[end - 1] for at in range(end, x)):
            yield start, end
            start = x
        end = last
        x = last
    if start >= 0:
        yield start, end


def _next(other: list[bool], new: list[str], x: int) -> int:
    """The first character from x on that is another one, or the end of the line."""
    try:
        x = other.index(True, x)
    except ValueError:
        return len(other)
    while new[x] == CONTINUED:
        x -= 1
    return x


def _write(wanted: Grid, y: int, start: int, end: int, pencil: Pencil) -> str:
    chars, pens = wanted.chars[y], wanted.pens[y]
    pieces: list[str] = []
    for x in range(start, end):
        character = chars[x]
        if character == CONTINUED:
            continue
        if pencil.x is None:
            pieces.append(pencil.move(x, y))
        if pens[x] != pencil.pen:
            pieces.append(change(pencil.pen, pens[x]))
            pencil.pen = pens[x]
        pieces.append(character)
        pencil.x = x + 1 if _sure(character) else None
    if pencil.x is not None and pencil.x >= wanted.width:
        # Some terminals stay on the last column, some wait to wrap.
        pencil.x = None
    return "".join(pieces)


def _sure(character: str) -> bool:
    """Every terminal gives this character one cell: ASCII, Latin, box drawing, blocks and our own symbols."""
    if len(character) != 1 or character == UNKNOWN:
        return character in (CONTINUED, UNKNOWN)
    code = ord(character)
    return code < 0x300 or 0x2500 <= code < 0x25A0 or character in "…·–—‘’“”→↑↓●○▲▼▸✓✗␛␊"
