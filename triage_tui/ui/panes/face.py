"""What a pane must be able to say about its kind of target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from triage_tui.model import Kind, Sighting
from triage_tui.ui.cells import Line
from triage_tui.ui.glance import Glance
from triage_tui.ui.rows import Column, Row


class Face(Protocol):
    """Turns what is known about a target into lines and rows. Pure: the same glance gives the same face.

    Every method may be called with a sighting that has no data, or old ones; it says nothing then, or what was last
    known, and never makes up a zero.
    """

    @property
    def kind(self) -> Kind:
        """The kind of target."""
        ...

    @property
    def title(self) -> str:
        """The pane's name."""
        ...

    @property
    def none(self) -> str:
        """What to say where no target of this kind is watched, with what would change that."""
        ...

    @property
    def whole(self) -> str:
        """How its source knows all that the table lists, where it is read only while somebody sees it; empty where it
        is read in every look."""
        ...

    @property
    def columns(self) -> tuple[Column, ...]:
        """The table's columns in the order of the screen."""
        ...

    def headline(self, glance: Glance, sighting: Sighting) -> Line:
        """The few words that fit beside the title: counts, and what is wrong."""
        ...

    def summary(self, glance: Glance, sighting: Sighting, width: int, low: bool) -> Sequence[Line]:
        """Lines between title and table. low: the pane has room for one line only."""
        ...

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """The table's rows, worst first."""
        ...

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """What the table says where it has no rows."""
        ...

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """All that is known about one row, as label and value; empty where the row is gone."""
        ...

    def subject(self, row: Row) -> str:
        """The name by which the target's source knows what the row is about."""
        ...
