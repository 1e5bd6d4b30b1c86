"""What is wrong with a configuration, said to the person who has to mend it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from triage_tui.text import safe
from triage_tui.text.nearest import did_you_mean, nearest

__all__ = ["ConfigError", "Mistake", "did_you_mean", "nearest"]

MAX_SHOWN = 20
"""Mistakes printed of one file. More of them are one mistake made often."""


class Mistake(Struct, frozen=True):
    """One thing that is wrong, in one sentence without secrets. line: counted from 1; None: the file as a whole."""

    message: str
    line: int | None = None


class ConfigError(Exception):
    """A configuration that cannot be used. `str()` is for people: one `file:line: message` per mistake.

    path      the file, as it was found; None where no file is to blame
    mistakes  all of them, in the order of their lines
    """

    def __init__(self, mistakes: Iterable[Mistake], path: str | None = None) -> None:
        self.path = path
        self.mistakes = tuple(sorted(mistakes, key=lambda mistake: mistake.line or 0))
        super().__init__(path, self.mistakes)

    def __str__(self) -> str:
        shown = [self._sentence(mistake) for mistake in self.mistakes[:MAX_SHOWN]]
        if len(self.mistakes) > MAX_SHOWN:
            shown.append(f"… and {len(self.mistakes) - MAX_SHOWN} more")
        return "\n".join(shown)

    def _sentence(self, mistake: Mistake) -> str:
        if self.path is None:
            return mistake.message
        place = safe(self.path) if mistake.line is None else f"{safe(self.path)}:{mistake.line}"
        return f"{place}: {mistake.message}"
