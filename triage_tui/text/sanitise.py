"""Foreign bytes made into one line of visible characters.

Terminals obey control characters, and readers are misled by invisible and direction-changing ones. Each is
replaced by something that can be seen: C0 controls by their control picture (`␛`), everything else by its code
point (`<U+202E>`). Libraries that strip ANSI sequences remove what they know and pass the rest; here the rest is
what matters.
"""

from __future__ import annotations

import unicodedata

DEFAULT_LIMIT = 500
"""Characters kept of one foreign string: more than any pane shows, little enough for thousands of them."""

MAX_MARKS = 4
"""Combining marks kept in a row; no script needs more, and a stack of hundreds paints over other lines."""

LOOKED_AT = 16_384
"""Characters of one string that are looked at; far more than is ever kept, and a bound on what a string costs."""

REMEMBERED = 8_192
"""Characters whose replacement is kept. Any living text has fewer; a stream of random ones must not fill memory."""

_INVISIBLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x16FE4, 0x1D159}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
)
"""Characters that Unicode calls letters, marks or symbols and that show nothing: fillers, joiners, selectors."""

_TAB, _DELETE = 0x09, 0x7F


class _Replacements(dict[int, str]):
    """Code point → what stands for it; filled as characters are met, for `str.translate`.

    marks: the characters met so far that take no cell of their own
    """

    def __init__(self) -> None:
        super().__init__()
        self.marks: set[str] = set()

    def __missing__(self, code: int) -> str:
        replacement = _replacement(code)
        if _takes_no_cell(replacement):
            self.marks.add(replacement)
        if len(self) < REMEMBERED:
            self[code] = replacement
        return replacement


def _replacement(code: int) -> str:
    character = chr(code)
    if code == _TAB:
        return " "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == _DELETE:
        return "␡"
    if unicodedata.category(character) == "Zs":
        return " "
    if code in _INVISIBLE or not character.isprintable():
        return _named(character)
    return character


def _named(character: str) -> str:
    return f"<U+{ord(character):04X}>"


def _takes_no_cell(text: str) -> bool:
    """Whether it is one character that joins the one before it: marks, vowels and finals of Hangul, skin tones."""
    if len(text) != 1:
        return False
    return (
        unicodedata.category(text) in ("Mn", "Mc", "Me")
        or "\u1161" <= text <= "\u11ff"
        or "\ud7b0" <= text <= "\ud7ff"
        or "\U0001f3fb" <= text <= "\U0001f3ff"
    )


_REPLACEMENTS = _Replacements()


def decode(value: str | bytes | None, looked_at: int = LOOKED_AT) -> str:
    """Text of whatever came, at most `looked_at` characters; bytes that are not UTF-8 become U+FFFD."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        # No character has more than four bytes. One that is split at the border shows as U+FFFD, and is cut anyway.
        value = value[: 4 * looked_at].decode("utf-8", "replace")
    return value[:looked_at]


def visible(text: str) -> str:
    """The text with every character that is not plainly visible replaced. Linear in its length, idempotent."""
    if text.isascii() and text.isprintable():
        return text
    shown = text.translate(_REPLACEMENTS)
    return shown if _REPLACEMENTS.marks.isdisjoint(shown) else _with_few_marks(shown)


def _with_few_marks(text: str) -> str:
    """Marks stay where they join a character, and only so many of them; a leading one would join a foreign cell."""
    kept: list[str] = []
    run = 0
    for character in text:
        if character not in _REPLACEMENTS.marks:
            run = 0
        elif not kept:
            character = _named(character)
        else:
            run += 1
            if run > MAX_MARKS:
                continue
        kept.append(character)
    return "".join(kept)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis where something is missing."""
    return text if len(text) <= limit else f"{text[: max(0, limit - 1)]}…"[:limit]
