"""One file under examination, and what is noted about it."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.guides.entry import Entry
from triage_tui.guides.front import Node
from triage_tui.guides.signed import Signed
from triage_tui.text.nearest import did_you_mean, nearest


class Remark(Struct, frozen=True, order=True):
    """One thing to mend. advice: worth doing, but nothing is wrong for a reader without it."""

    path: str
    line: int
    message: str
    advice: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'advice: ' if self.advice else ''}{self.message}"


class Subject:
    """An entry that could be read.

    text  the whole file; collection and slug: its folder's and its own name, from which its id is made
    """

    def __init__(self, path: str, text: str, entry: Entry, tree: Node, signed: Signed) -> None:
        self.path = path
        self.text = text
        self.entry = entry
        self.tree = tree
        self.signed = signed
        self.remarks: list[Remark] = []

    def note(self, message: str, *place: str | int, line: int = 0, advice: bool = False) -> None:
        """Note something at a place of the front matter, or at a line."""
        self.remarks.append(Remark(self.path, line or self.tree.at(*place).line, message, advice))


def unknown(what: str, name: str, known: dict[str, str] | set[str]) -> str:
    """A sentence about a name that is not known, with the nearest that is. Too many to choose from are not listed."""
    hint = did_you_mean(name, known) if nearest(name, known) is not None or len(known) <= 12 else ""
    return f"unknown {what} `{name}`{hint}"
