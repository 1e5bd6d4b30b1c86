"""Standard output as the sheet that a plain report is written on."""

from __future__ import annotations

import os
import shutil
import sys

from triage_tui.text import ascii_only, display_width, fit
from triage_tui.text.charset import speaks_unicode

PIPE_COLUMNS = 120
"""Width of a report that goes into a pipe or a file."""

_NARROWEST = 24
"""Columns below which nothing can be told; a terminal that claims less is not believed."""


def columns() -> int:
    """Cells in a line: COLUMNS, else the terminal's, else PIPE_COLUMNS."""
    return max(_NARROWEST, shutil.get_terminal_size((PIPE_COLUMNS, 24)).columns)


def put(lines: list[str], width: int) -> None:
    """Print lines, none of them wider than `width`, in ASCII where the locale has nothing else.

    Colour is not used at all, so that NO_COLOR needs no care.
    """
    text = "".join(f"{_cut(line, width)}\n" for line in lines)
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    sys.stdout.write(text if speaks_unicode(os.environ) and encoding == "utf8" else ascii_only(text))


def _cut(line: str, width: int) -> str:
    bare = line.rstrip()
    return bare if display_width(bare) <= width else fit(bare, width).rstrip()
