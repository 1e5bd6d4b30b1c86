"""Everything about the selected row and its target, as lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from triage_tui.model import Sighting, State
from triage_tui.ui.cells import Cell, Line, hanging
from triage_tui.ui.pane import problem_lines

LABEL_CELLS = 14


class Shown(Protocol):
    """What has a selection: a pane, or the list of problems."""

    @property
    def sighting(self) -> Sighting | None:
        """The target that the selected row belongs to."""
        ...

    @property
    def details(self) -> Sequence[tuple[str, str]]:
        """All that is known about the selected row, as label and value; the first is what one would copy."""
        ...


def selected_lines(sighting: Sighting | None, details: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Everything about the selected row and its target."""
    lines: list[Line] = []
    if sighting is None:
        return lines
    if sighting.problem is not None and sighting.state is not State.LIVE:
        lines += [
            _heading(f"{sighting.target.name}: why there is no answer"),
            *problem_lines(sighting.problem, width, 0),
        ]
        lines.append(())
    if details:
        lines.append(_heading("Selected"))
        for label, value in details:
            lines += _labelled(label, value, width)
        lines.append(())
    if sighting.gaps:
        lines.append(_heading("Gaps: not readable here"))
        for gap in sighting.gaps:
            lines.append((Cell(gap.part, "warn"),))
            lines += problem_lines(gap.problem, width, 0)
            lines.append(())
    lines.append(_heading("Target"))
    lines += _labelled("name", sighting.target.name, width)
    lines += _labelled("endpoint", sighting.target.endpoint, width)
    lines += _labelled("looked at", f"every {sighting.interval_s:g} s", width)
    if sighting.took_s is not None:
        lines += _labelled("a look takes", f"{sighting.took_s * 1000:.0f} ms", width)
    if sighting.failures:
        lines += _labelled("failed looks", f"{sighting.failures} in a row", width)
    return lines


def _heading(text: str) -> Line:
    return (Cell(text, "title"),)


def _labelled(label: str, value: str, width: int) -> list[Line]:
    return hanging((Cell(f"{label:<{LABEL_CELLS}}", "dim"),), value, width)
