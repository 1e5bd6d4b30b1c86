"""A screenful of cells."""

from __future__ import annotations

UNKNOWN = "\x00"
"""The character of a cell of which nobody knows what the terminal shows. Equal to no character that is drawn."""

CONTINUED = ""
"""The character of the right half of a wide one."""


class Grid:
    """Characters and pens by row and column, both counted from 0.

    chars  one string a cell: a character with its combining marks, CONTINUED, or UNKNOWN
    pens   one pen a cell; see `pens.py`
    """

    def __init__(self, width: int, height: int, fill: str = " ") -> None:
        self.width = width
        self.height = height
        self.chars: list[list[str]] = [[fill] * width for _ in range(height)]
        self.pens: list[list[int]] = [[0] * width for _ in range(height)]

    def forget(self) -> None:
        """Nothing is known of any cell."""
        for row in self.chars:
            row[:] = [UNKNOWN] * self.width

    def resized(self, width: int, height: int) -> Grid:
        """A grid of another size with the same cells where both have them; new cells are blank."""
        grid = Grid(width, height)
        for y in range(min(height, self.height)):
            common = min(width, self.width)
            grid.chars[y][:common] = self.chars[y][:common]
            grid.pens[y][:common] = self.pens[y][:common]
            # The left half of a wide character at the new edge has lost its right half.
            if common < self.width and self.chars[y][common] == CONTINUED and common:
                grid.chars[y][common - 1] = " "
        return grid

    def text(self, y: int) -> str:
        """One row as text."""
        return "".join(self.chars[y])
