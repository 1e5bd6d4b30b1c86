"""What one face says of one target, whole or not at all: a face that fails says so in its own pane."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import PurePath

from msgspec import Struct

from triage_tui.model import Sighting, State
from triage_tui.text import safe
from triage_tui.ui.cells import Cell, Line, wrap
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.face import Face
from triage_tui.ui.rows import Row

DEFECT_LINES = 3
"""Lines that the words of a defect may take."""


class View(Struct, frozen=True):
    """The parts of a pane that its face makes. Those of a target that is not live are dim."""

    headline: Line = ()
    summary: Sequence[Line] = ()
    rows: Sequence[Row] = ()
    empty: str = ""


class Viewer:
    """Keeps the last view, and makes another one only where what it is made of has changed.

    That is what the latest look brought, and where it is shown. A view says nothing of the age of its data.
    """

    def __init__(self) -> None:
        self._view = View()
        self._data: object = None
        self._frame: tuple[object, ...] = ()

    def view(self, face: Face, glance: Glance, sighting: Sighting, width: int, low: bool) -> View:
        """What the face says; the same object for as long as it says the same."""
        frame = (face, sighting.target, sighting.state, sighting.gaps, glance.thresholds, width, low)
        if sighting.data is not self._data or frame != self._frame:
            self._view = view_of(face, glance, sighting, width, low)
            self._data, self._frame = sighting.data, frame
        return self._view


def view_of(face: Face, glance: Glance, sighting: Sighting, width: int, low: bool) -> View:
    """All that a face says. Never raises: whatever a face raises is shown in the place of what it should say."""
    try:
        view = View(
            face.headline(glance, sighting),
            face.summary(glance, sighting, width, low),
            face.rows(glance, sighting),
            face.empty(glance, sighting),
        )
    except Exception as error:
        said = wrap(
            f"✗ triage cannot show this: {defect(error)}", width, "bad", limit=1 if low else DEFECT_LINES
        )
        return View(summary=said, empty="the other panes go on; please report this")
    return view if sighting.state is State.LIVE else _as_it_was(view)


def details_of(face: Face, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
    """All that a face knows about one row, or what it raised."""
    try:
        return face.details(glance, sighting, key)
    except Exception as error:
        return (("defect", defect(error)),)


def subjects_of(face: Face, rows: Sequence[Row]) -> tuple[str, ...]:
    """The names of rows as their source knows them, and of them all where it wants to know that they are seen; none
    where the face fails: sources do without."""
    try:
        return (*([face.whole] if face.whole else ()), *(face.subject(row) for row in rows))
    except Exception:
        return ()


def defect(error: Exception) -> str:
    """An exception in one line, with the place that raised it: `KeyError: 'web' (redis.py:123)`. Without secrets."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return safe(f"{type(error).__name__}: {error}{place}")


def dimmed(line: Line) -> Line:
    """A line in which nothing looks like an alarm of now."""
    return tuple(Cell(cell.text, "dim") for cell in line)


def _as_it_was(view: View) -> View:
    return View(
        dimmed(view.headline),
        [dimmed(line) for line in view.summary],
        [_dimmed_row(row) for row in view.rows],
        view.empty,
    )


def _dimmed_row(row: Row) -> Row:
    return Row(
        key=row.key,
        cells=dict(zip(row.cells, dimmed(tuple(row.cells.values())), strict=True)),
        sort=row.sort,
        words=row.words,
        parent=row.parent,
    )
