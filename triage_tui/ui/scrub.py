"""The last door before the terminal: whatever a widget was given, only visible characters pass."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from triage_tui.text.sanitise import visible


class Scrub(LineFilter):
    """Replaces control, invisible and direction-changing characters, and drops links.

    Foreign text is made safe where it enters the model; this filter holds where some text came by another way, such
    as what the reader pastes into a search. Links (OSC 8) would let data choose where a click leads.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without anything that a terminal would obey."""
        return [
            segment
            if segment.control or _is_plain(segment)
            else Segment(_same_width(segment.text), _without_link(segment.style))
            for segment in segments
        ]


def _is_plain(segment: Segment) -> bool:
    text = segment.text
    return (text.isprintable() or visible(text) == text) and (
        segment.style is None or segment.style.link is None
    )


def _same_width(text: str) -> str:
    # A placeholder of several characters would move what stands to its right: one mark for each bad character.
    return "".join(
        character if visible(character) == character else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def _without_link(style: Style | None) -> Style | None:
    return style.update_link(None) if style is not None and style.link is not None else style
