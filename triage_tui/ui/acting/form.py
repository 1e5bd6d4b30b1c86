"""What an action takes beside its argument, and how it is typed. No widget here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage_tui.actions.act import Parameter
from triage_tui.text import safe
from triage_tui.ui.acting.paper import labelled
from triage_tui.ui.cells import Cell, Line, hanging

LONGEST = 1000
"""Characters of a value."""


class Form:
    """Values by name; one of them is being typed, or none.

    given  what the order has already; it can be changed, too
    """

    def __init__(self, takes: Sequence[Parameter], given: Mapping[str, str]) -> None:
        self._takes = tuple(takes)
        self._values = {one.name: given.get(one.name, one.default or "") for one in takes}
        self._read = dict(self._values)
        self._at: int | None = None
        if self.lacking:
            self.begin()

    @property
    def lacking(self) -> tuple[str, ...]:
        """Names of what has to be given and is not yet."""
        return tuple(one.name for one in self._takes if one.default is None and not self._values[one.name])

    @property
    def parameters(self) -> dict[str, str]:
        """What is to be said of them; what is empty, or as it is where nothing is said, is left out."""
        return {
            one.name: self._values[one.name]
            for one in self._takes
            if self._values[one.name] != (one.default or "")
        }

    @property
    def can_be_typed(self) -> bool:
        """There is something to type."""
        return bool(self._takes)

    @property
    def is_typed(self) -> bool:
        """One of them has the keys."""
        return self._at is not None

    def begin(self) -> None:
        """Type the first that is missing, or the first."""
        self._read = dict(self._values)
        names = [one.name for one in self._takes]
        self._at = names.index(self.lacking[0]) if self.lacking else 0 if names else None

    def end(self) -> bool:
        """Enough typed. Returns whether anything is another than before."""
        self._at = None
        return self._values != self._read

    def leave(self) -> None:
        """As it was before."""
        self._values = dict(self._read)
        self._at = None

    def move(self, by: int) -> None:
        """The next one, or the one before."""
        if self._at is not None:
            self._at = (self._at + by) % len(self._takes)

    def type(self, character: str) -> None:
        """A character more."""
        if self._at is not None:
            name = self._takes[self._at].name
            self._values[name] = (self._values[name] + character)[:LONGEST]

    def erase(self, *, all: bool = False) -> None:
        """A character less, or all of them."""
        if self._at is not None:
            name = self._takes[self._at].name
            self._values[name] = "" if all else self._values[name][:-1]

    def lines(self, width: int) -> list[Line]:
        """One for each, with a cursor where one is typed."""
        lines: list[Line] = []
        for place, one in enumerate(self._takes):
            value = safe(self._values[one.name])
            about = safe(one.about)
            if place == self._at:
                head: Line = (
                    Cell(f"> {safe(one.name):<15}", "strong"),
                    Cell(f"{value}_", "accent"),
                    Cell("  "),
                )
                lines += hanging(head, about, width) if len(value) + 20 < width - 20 else [head]
            else:
                lines += labelled(f"  {safe(one.name)}", value or f"none: {about}", width)
        return lines
