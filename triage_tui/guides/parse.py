"""One file of our own format made into an entry."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.guides.entry import Entry, FrontMatter
from triage_tui.guides.front import FrontError, Node, Split, read, split
from triage_tui.guides.read import Mistake, Reading
from triage_tui.guides.sections import sections

_NO_FRONT = "there is no front matter: a line of `---`, then `id:` and `title:`, then `---`"


class Parsed(Struct, frozen=True):
    """What a file turned out to be.

    entry     None where it cannot be used
    tree      the front matter with its lines; None where it is no YAML
    mistakes  everything that is wrong with the form of it, in the order of lines
    """

    parts: Split
    entry: Entry | None = None
    tree: Node | None = None
    mistakes: tuple[Mistake, ...] = ()


def parse(text: str, path: str = "") -> Parsed:
    """Read one file. Never raises. A file without front matter has one mistake; `importing` reads those."""
    parts = split(text)
    if not parts.front:
        return Parsed(parts, mistakes=(Mistake(1, _NO_FRONT),))
    try:
        tree = read(parts.front)
    except FrontError as error:
        return Parsed(parts, mistakes=(Mistake(error.line, str(error)),))
    reading = Reading()
    front: FrontMatter | None = reading.struct(tree, FrontMatter, "")
    entry = None
    if front is not None:
        entry = Entry(front, sections(parts.body, parts.body_line), path)
    return Parsed(parts, entry, tree, tuple(sorted(reading.mistakes)))
