"""The last door before the terminal: whatever a widget was given, only visible characters pass."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from triage_tui.text import ascii_only, display_width, fit
from triage_tui.text.sanitise import visible


class Scrub(LineFilter):
    """Replaces control, invisible and direction-changing characters, and drops links.

    Foreign text is made safe where it enters the model; this filter holds where some text came by another way, such
    as what the reader pastes into a search. Links (OSC 8) would let data choose where a click leads.

    unicode  the terminal shows more than ASCII; where it does not, what Textual's own widgets draw becomes ASCII too
    """

    def __init__(self, *, unicode: bool) -> None:
        super().__init__()
        self._unicode = unicode

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without anything that a terminal would obey."""
        return [
            segment
            if segment.control or self._is_plain(segment)
            else Segment(self._shown(segment.text), _without_link(segment.style))
            for segment in segments
        ]

    def _is_plain(self, segment: Segment) -> bool:
        text = segment.text
        return (
            (text.isascii() or self._unicode)
            and (text.isprintable() or visible(text) == text)
            and (segment.style is None or segment.style.link is None)
        )

    def _shown(self, text: str) -> str:
        shown = _same_width(text)
        return shown if self._unicode else ascii_only(shown)


def _same_width(text: str) -> str:
    """One mark for each bad character. In as many cells as before: what stands to the right must not move."""
    shown = "".join(
        character if visible(character) == character else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    return fit(shown, display_width(text))


def _without_link(style: Style | None) -> Style | None:
    return style.update_link(None) if style is not None and style.link is not None else style
