"""What a compositor writes, drawn onto a grid. Whatever is neither text, a cursor position nor a pen is dropped."""

from __future__ import annotations

import re
from unicodedata import combining

from rich.cells import cell_len

from triage_tui.ui.terminal.grid import CONTINUED, Grid
from triage_tui.ui.terminal.pens import after

_TOKEN = re.compile(
    r"\x1b\[(?P<parameters>[0-9;]*)(?P<final>[Hm])"  # cursor position, pen
    r"|(?P<foreign>\x1b(?:"
    r"\[[0-?]*[ -/]*(?:[@-~]|\Z)?"  # any other CSI sequence, ended or not
    r"|[P\]X^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|\Z)?"  # strings: DCS, OSC, SOS, PM, APC
    r"|[ -/]*[0-~]?"  # two-character sequences
    r"))"
    r"|(?P<text>[^\x1b]+)"
)
MARKS_KEPT = 4
"""Combining marks kept on one cell."""

PLACEHOLDER = "\N{REPLACEMENT CHARACTER}"


class Painter:
    """Draws what is written onto a grid, at a cursor, with a pen."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.x = 0
        self.y = 0
        self._pen = 0
        self.dirty: set[int] = set()

    def draw(self, data: str) -> None:
        """Draw text, cursor positions (CSI H) and pens (CSI m); a line feed begins the next line."""
        for token in _TOKEN.finditer(data):
            text = token["text"]
            if text is not None:
                first, *others = text.split("\n")
                self._put(first)
                for line in others:
                    self.x, self.y = 0, self.y + 1
                    self._put(line)
            elif token["final"] == "m":
                self._pen = after(self._pen, token["parameters"])
            elif token["final"] == "H":
                row, _, column = token["parameters"].partition(";")
                self.y = max(0, _number(row) - 1)
                self.x = max(0, _number(column) - 1)

    def _put(self, text: str) -> None:
        grid = self.grid
        if not text or not 0 <= self.y < grid.height:
            return
        chars, pens = grid.chars[self.y], grid.pens[self.y]
        if text.isascii() and text.isprintable():
            end = min(grid.width, self.x + len(text))
            room = end - self.x
            if room > 0:
                self._split_wide(self.x, end)
                chars[self.x : end] = text[:room]
                pens[self.x : end] = [self._pen] * room
                self.dirty.add(self.y)
            self.x += len(text)
            return
        for character in text:
            self._put_one(character, chars, pens)
        self.dirty.add(self.y)

    def _put_one(self, character: str, chars: list[str], pens: list[int]) -> None:
        printable = character.isprintable()
        width = cell_len(character) if printable or combining(character) else 1
        if width == 0:
            at = self.x - 1
            while at > 0 and at < self.grid.width and chars[at] == CONTINUED:
                at -= 1
            if 0 <= at < self.grid.width and len(chars[at]) <= MARKS_KEPT and combining(character):
                chars[at] += character
            return
        x, end = self.x, self.x + width
        self.x = end
        if x >= self.grid.width:
            return
        if end > self.grid.width:
            character, width, end = " ", 1, self.grid.width
        self._split_wide(x, end)
        chars[x] = character if printable else PLACEHOLDER
        pens[x] = self._pen
        if width == 2:
            chars[x + 1] = CONTINUED
            pens[x + 1] = self._pen

    def _split_wide(self, start: int, end: int) -> None:
        """Blank the other half of a wide character that is about to be half overwritten, as terminals do."""
        chars = self.grid.chars[self.y]
        if chars[start] == CONTINUED and start:
            chars[start - 1] = " "
        if end < self.grid.width and chars[end] == CONTINUED:
            chars[end] = " "


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 1
