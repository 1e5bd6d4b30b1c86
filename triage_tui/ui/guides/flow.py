"""Markdown's lines as a reader takes them: those of a paragraph or of an item are one, those of code stay apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_CHARACTERS = 4_000
"""Of what is joined: the rest goes on in a line of its own."""

FENCE = re.compile(r"(\s*)(`{3,}|~{3,})\s*(\w*)")
ITEM = re.compile(r"(\s*)([-*+]|\d+[.)])\s+(.*)")
_BREAKS = ("  ", "\\")
RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")


def flowing(text: str) -> Iterator[str]:
    """The lines of a text, each with those that go on with it."""
    fence, held = "", ""
    for written in text.splitlines():
        match = FENCE.match(written)
        if fence or match is not None:
            if held:
                yield held
                held = ""
            if match is not None:
                fence = match[2] if not fence else "" if match[2].startswith(fence) else fence
            yield written
            continue
        if held and _goes_on(held, written):
            held = f"{held} {written.strip()}"
        else:
            if held:
                yield held
            held = written
        if not _is_text(written) or written.endswith(_BREAKS):
            yield held
            held = ""
    if held:
        yield held


def _is_text(written: str) -> bool:
    """Not a blank line, a heading, a row of a table or a rule."""
    bare = written.strip()
    return bool(bare) and bare[0] not in "#|" and not RULE.match(written)


def _goes_on(held: str, written: str) -> bool:
    """Whether a line goes on with what is held: it begins nothing of its own, no item, quotation or label."""
    bare = written.strip()
    return (
        _is_text(written)
        and not bare.startswith((">", "**", "__"))
        and ITEM.match(written) is None
        and len(held) + len(bare) < MAX_CHARACTERS
    )
