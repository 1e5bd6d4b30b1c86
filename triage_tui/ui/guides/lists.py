"""The list of entries, and the lines around it."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.text import safe
from triage_tui.ui.cells import Cell, Line, clip, hanging, wrap
from triage_tui.ui.guides.state import Reader, Result
from triage_tui.ui.palette import Tone

WHY_SHOWN = 2
"""Reasons that are shown of each entry; the strongest stand first."""

_TONES: dict[str, Tone] = {"critical": "bad", "warning": "warn", "info": "dim"}
_SIGNS = {"critical": "!!", "warning": "! ", "info": "i "}


def list_lines(
    results: Sequence[Result], cursor: int | None, width: int
) -> tuple[list[Line], list[tuple[int, int]]]:
    """Lines of a list, and the first and last line of each entry. cursor: the selected one; None where none is."""
    lines: list[Line] = []
    places: list[tuple[int, int]] = []
    for number, one in enumerate(results):
        first = len(lines)
        selected = number == cursor
        mark = Cell("▸ " if selected else "  ", "title")
        sign = Cell(f"{_SIGNS.get(one.severity, '  ')} ", _TONES.get(one.severity, "dim"))
        title = hanging((mark, sign), one.title, width)
        lines += [_toned(line, "strong") for line in title] if selected else title
        lines.append(clip((Cell("     "), Cell(one.id, "accent")), width))
        for reason in one.why[: WHY_SHOWN if selected else 1]:
            lines += [(Cell("     "), *line) for line in wrap(reason, width - 5, "dim", limit=2)]
        if selected and one.snippet:
            lines += [(Cell("     "), *line) for line in wrap(f"… {one.snippet}", width - 5, "text", limit=2)]
        places.append((first, len(lines) - 1))
    return lines, places


def list_head(reader: Reader, trouble: str) -> list[Line]:
    """What stands above the list: what was asked, and how many know it. trouble: why guides cannot be read, if so."""
    if trouble:
        return [(Cell(trouble, "bad"),)]
    if reader.results is None:
        return [(Cell("Guides for now", "title"),)] if reader.suggestions else []
    asked = reader.question.strip().splitlines() or [""]
    shown = safe(asked[-1], limit=200) if len(asked) == 1 else f"{len(asked)} lines"
    number = len(reader.results)
    if reader.is_line:
        known = "this line is known" if number == 1 else f"{number} guides know this line"
        said = known if number else "no match: no guide knows this line"
        return [(Cell(said, "title" if number else "warn"),), (Cell(shown, "dim"),)]
    if not shown:
        return [(Cell("type a question", "dim"),)]
    return [(Cell(f"{number} guides", "title"),) if number else (Cell("no guide answers that", "warn"),)]


def _toned(line: Line, tone: Tone) -> Line:
    return tuple(Cell(cell.text, tone if cell.tone == "text" else cell.tone) for cell in line)
