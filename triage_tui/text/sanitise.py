"""Foreign bytes made into one line of visible characters.

Terminals obey control characters, and readers are misled by invisible and direction-changing ones. Each is
replaced by something that can be seen: C0 controls by their control picture (`␛`), everything else by its code
point (`<U+202E>`). Libraries that strip ANSI sequences remove what they know and pass the rest; here the rest is
what matters.
"""

from __future__ import annotations

import re
import unicodedata

DEFAULT_LIMIT = 500
"""Characters kept of one foreign string: more than any pane shows, little enough for thousands of them."""

MAX_MARKS = 4
"""Combining marks kept in a row; no script needs more, and a stack of hundreds paints over other lines."""

_INVISIBLE = frozenset(
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
)
"""Characters that Unicode calls letters, marks or symbols and that show nothing: fillers, joiners, selectors."""

_TAB, _NEWLINE, _DELETE = 0x09, 0x0A, 0x7F


class _Replacements(dict[int, str]):
    """Code point → what stands for it; filled as characters are met, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        replacement = self[code] = _replacement(code)
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
        return f"<U+{code:04X}>"
    return character


_REPLACEMENTS = _Replacements()
_MARKS = re.compile(
    rf"([\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    rf"\u20d0-\u20ff\ufe20-\ufe2f]{{{MAX_MARKS}}})"
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e31-\u0e4e\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u20d0-\u20ff\ufe20-\ufe2f]+"
)


def decode(value: str | bytes | None) -> str:
    """Text of whatever came; bytes that are not UTF-8 become replacement characters."""
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def visible(text: str) -> str:
    """The text with every character that is not plainly visible replaced. Linear in its length."""
    if text.isascii() and text.isprintable():
        return text
    return _MARKS.sub(r"\1", text.translate(_REPLACEMENTS))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis where something is missing."""
    return text if len(text) <= limit else f"{text[: max(0, limit - 1)]}…"[:limit]


def clean(value: str | bytes | None, *, limit: int = DEFAULT_LIMIT) -> str:
    """Foreign text as one line of at most `limit` visible characters. A line break shows as `␊`."""
    # What is cut anyway need not be looked at: one character may grow, none shrinks away but marks and these are cut.
    return cut(visible(decode(value)), limit)


def clean_lines(
    value: str | bytes | None, *, limit_lines: int = 200, limit: int = DEFAULT_LIMIT
) -> tuple[str, ...]:
    """Foreign text of several lines: each made visible and cut on its own, at most `limit_lines` of them."""
    lines = decode(value).replace("\r\n", "\n").split("\n", limit_lines)
    return tuple(clean(line, limit=limit) for line in lines[:limit_lines])
