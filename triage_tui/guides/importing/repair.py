"""Text that went through the wrong encoding once, put right again where that is certain."""

from __future__ import annotations

import re

_BROKEN = re.compile(
    "[\u00c2\u00c3\u00e2\u00f0][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013-\u203a\u20ac\u2122]+"
)


def repaired(text: str) -> str:
    """UTF-8 that was read as Windows-1252 (`donâ€™t`) as it was meant; everything else as it is."""
    return _BROKEN.sub(lambda match: _read_again(match.group()), text)


def _read_again(broken: str) -> str:
    try:
        return b"".join(_byte(character) for character in broken).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return broken


def _byte(character: str) -> bytes:
    # Windows-1252 leaves five bytes out; programs read those as the control characters of Latin-1.
    return character.encode("latin-1") if ord(character) < 256 else character.encode("cp1252")
