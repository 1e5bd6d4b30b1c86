"""The few styles the screen is made of, for true colour, for sixteen colours and for none.

Few distinct styles keep the stream to the terminal short. Colour never stands alone: whatever it says is also
said by a symbol and a word.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from rich.style import Style
from textual.theme import Theme

Tone = Literal["text", "strong", "dim", "title", "accent", "good", "warn", "bad"]
"""What a piece of text means to the reader."""

Tones = Mapping[Tone, Style]

# All of them are members of the 256-colour cube: a terminal with 256 colours shows the same as one with true colour,
# and the driver sends them by their short numbers.
BACKGROUND = "#121212"
SURFACE = "#262626"
SELECTED = "#005f87"
TEXT = "#d0d0d0"
STRONG = "#ffffff"
DIM = "#949494"
ACCENT = "#5fafff"
GOOD = "#5fd787"
WARN = "#d7af5f"
BAD = "#ff5f5f"

TRUE_COLOUR: Tones = {
    "text": Style(color=TEXT, bgcolor=BACKGROUND),
    "strong": Style(color=STRONG, bgcolor=BACKGROUND, bold=True),
    "dim": Style(color=DIM, bgcolor=BACKGROUND),
    "title": Style(color=ACCENT, bgcolor=BACKGROUND, bold=True),
    "accent": Style(color=ACCENT, bgcolor=BACKGROUND),
    "good": Style(color=GOOD, bgcolor=BACKGROUND),
    "warn": Style(color=WARN, bgcolor=BACKGROUND, bold=True),
    "bad": Style(color=BAD, bgcolor=BACKGROUND, bold=True),
}
"""On a background of our own: the terminal's may be white."""

SIXTEEN: Tones = {
    "text": Style(color="default"),
    "strong": Style(color="default", bold=True),
    "dim": Style(color="default"),
    "title": Style(color="cyan", bold=True),
    "accent": Style(color="cyan"),
    "good": Style(color="green"),
    "warn": Style(color="yellow", bold=True),
    "bad": Style(color="red", bold=True),
}
"""The terminal's own colours, on its own background: `dim` stays plain, since bright black is invisible on many."""

COLOURLESS: Tones = {
    "text": Style(),
    "strong": Style(bold=True),
    "dim": Style(),
    "title": Style(bold=True),
    "accent": Style(),
    "good": Style(),
    "warn": Style(bold=True),
    "bad": Style(bold=True),
}


THEME = Theme(
    name="triage",
    primary=ACCENT,
    secondary=ACCENT,
    accent=ACCENT,
    warning=WARN,
    error=BAD,
    success=GOOD,
    foreground=TEXT,
    background=BACKGROUND,
    surface=SURFACE,
    panel=SURFACE,
    dark=True,
)


class Palette:
    """The tones for one terminal.

    colours  how many colours the terminal has: 0 (NO_COLOR, or none), 16, or more
    unicode  the terminal's locale can show more than ASCII

    `selected` and `surface` are styles to lay over a line: the selection, and the lines that part the screen.
    """

    def __init__(self, colours: int, *, unicode: bool = True) -> None:
        self.unicode = unicode
        self.colours = colours
        self._tones = TRUE_COLOUR if colours > 16 else SIXTEEN if colours else COLOURLESS
        self.selected = Style(bgcolor=SELECTED) if colours > 16 else Style(reverse=True)
        self.surface = Style(bgcolor=SURFACE) if colours > 16 else Style(underline=True)

    def style(self, tone: Tone) -> Style:
        """The style of a tone."""
        return self._tones[tone]
