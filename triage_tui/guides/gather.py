"""One file made into documents: an entry of our own format, or whatever problems a wild guide tells of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from triage_tui.guides.document import Document, document
from triage_tui.guides.entry import Entry
from triage_tui.guides.files import Ignored, UnreadableError, text_of
from triage_tui.guides.parse import parse


def entries_of(path: Path) -> tuple[Sequence[Entry], Sequence[Ignored]]:
    """The entries of a file, and what of it is in none. Never raises for what a file can be."""
    try:
        text = text_of(path)
    except UnreadableError as error:
        return (), (Ignored(str(path), 1, str(error)),)
    parsed = parse(text, str(path))
    if parsed.entry is not None:
        return (parsed.entry,), ()
    if parsed.tree is not None and "id" in _keys(parsed.tree.value):
        return (), tuple(Ignored(str(path), one.line, one.message) for one in parsed.mistakes)
    from triage_tui.guides.importing import read

    imported = read(text, str(path), path.parent.name)
    return [one.entry for one in imported.entries], imported.ignored


def documents_of(path: Path) -> tuple[Sequence[Document], Sequence[Ignored]]:
    """The documents of a file, and what of it is in none."""
    entries, ignored = entries_of(path)
    return [document(entry) for entry in entries], ignored


def _keys(value: object) -> set[str]:
    return set(value) if isinstance(value, dict) else set()
