"""Pieces of text with a meaning, and how they become a line of terminal cells.

Foreign text has been made safe where it entered the model. Here it is only ever put into segments as it is: it is
never parsed as markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from triage_tui.text import ascii_only, display_width, fit
from triage_tui.ui.palette import Palette, Tone


class Cell(NamedTuple):
    """A piece of text and its tone."""

    text: str
    tone: Tone = "text"


Line = tuple[Cell, ...]
"""One line of cells, drawn one after the other without a gap."""


def line_width(line: Line) -> int:
    """Terminal cells that a line takes."""
    return sum(display_width(cell.text) for cell in line)


def clip(line: Line, width: int) -> Line:
    """At most `width` cells of a line, ended by an ellipsis where something is missing."""
    if line_width(line) <= width:
        return line
    kept: list[Cell] = []
    left = width
    for cell in line:
        length = display_width(cell.text)
        if length < left:
            kept.append(cell)
            left -= length
            continue
        if left > 0:
            # The text is cut even where it would just fit, so that the ellipsis says that more follows.
            kept.append(Cell(fit(cell.text + "…" if length <= left else cell.text, left), cell.tone))
        break
    return tuple(kept)


def spread(left: Line, right: Line, width: int) -> Line:
    """Two lines on one: `right` ends at the right edge; `left` gives way where both do not fit."""
    right = clip(right, width)
    room = width - line_width(right)
    left = clip(left, max(0, room - 1))
    gap = room - line_width(left)
    return (*left, Cell(" " * gap), *right)


def join(parts: Iterable[Line], separator: str = "  ") -> Line:
    """Lines one after the other with a separator between those that hold something."""
    joined: list[Cell] = []
    for part in parts:
        if not part:
            continue
        if joined:
            joined.append(Cell(separator, "dim"))
        joined.extend(part)
    return tuple(joined)


def wrap(text: str, width: int, tone: Tone = "text", *, limit: int = 0) -> tuple[Line, ...]:
    """Text broken at spaces into lines of at most `width` cells; more than `limit` lines (0: no limit) are cut.

    Less than one cell counts as one. A character that is wider than the line is replaced by an ellipsis.
    """
    width = max(1, width)
    lines: list[str] = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if display_width(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        # Of a long word only what a line can hold is measured: measuring all of it for each line takes for ever.
        window = 4 * width
        while len(word) > window or display_width(word) > width:
            head = _head(word[:window], width)
            lines[-1] = head or "…"
            word = word[max(1, len(head)) :]
            lines.append("")
            if limit and len(lines) > limit:
                break
        lines[-1] = word
        if limit and len(lines) > limit:
            break
    if not lines[-1] and len(lines) > 1:
        lines.pop()
    if limit and len(lines) > limit:
        lines = [
            *lines[: limit - 1],
            fit(lines[limit - 1] + " …", min(width, display_width(lines[limit - 1]) + 2)),
        ]
    return tuple((Cell(part, tone),) for part in lines)


def hanging(head: Line, text: str, width: int) -> list[Line]:
    """Text beside a head; lines that follow the first are indented to where it began."""
    indent = line_width(head)
    lines = wrap(text, width - indent)
    return [(*(head if index == 0 else (Cell(" " * indent),)), *line) for index, line in enumerate(lines)]


def _head(word: str, width: int) -> str:
    """The longest beginning of a word that takes at most `width` cells."""
    length = min(len(word), width)
    while length < len(word) and display_width(word[: length + 1]) <= width:
        length += 1
    while display_width(word[:length]) > width:
        length -= 1
    return word[:length]


def strip(line: Line, width: int, palette: Palette, over: Style | None = None) -> Strip:
    """A line as exactly `width` terminal cells. over: a style laid over the whole line, e.g. that of a selection."""
    segments: list[Segment] = []
    for text, tone in clip(line, width):
        if text:
            style = palette.style(tone)
            segments.append(
                Segment(text if palette.unicode else ascii_only(text), style + over if over else style)
            )
    missing = width - sum(segment.cell_length for segment in segments)
    if missing > 0:
        plain = palette.style("text")
        segments.append(Segment(" " * missing, plain + over if over else plain))
    # Joined emoji (which foreign text no longer holds) are wider in ASCII than they were.
    return Strip(segments, width) if missing >= 0 else Strip(segments).crop(0, width)
