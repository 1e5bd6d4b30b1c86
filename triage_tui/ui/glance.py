"""A picture as a pane reads it: with its age right now, and with words and tones for states and levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from triage_tui.config.settings import Threshold
from triage_tui.config.thresholds import Level, level
from triage_tui.model import Picture, Sighting, State
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line
from triage_tui.ui.palette import Tone

STATES: dict[State, tuple[str, str, Tone]] = {
    State.LIVE: ("●", "live", "good"),
    State.STALE: ("◌", "STALE", "warn"),
    State.DOWN: ("✗", "DOWN", "bad"),
    State.DENIED: ("⊘", "DENIED", "bad"),
    State.CONNECTING: ("…", "connecting", "dim"),
}
"""Symbol, word and tone: each can do without the others."""

LEVEL_TONES: dict[Level, Tone] = {
    Level.UNKNOWN: "dim",
    Level.OK: "text",
    Level.WARNING: "warn",
    Level.CRITICAL: "bad",
}


class Glance(Struct, frozen=True):
    """A picture, and how long ago it was taken.

    elapsed_s  seconds since the picture's instant: above zero while the screen is paused
    """

    picture: Picture
    thresholds: Mapping[str, Threshold] = {}
    elapsed_s: float = 0.0

    def age(self, sighting: Sighting) -> float | None:
        """Seconds since the data were taken; None where there are none."""
        return None if sighting.age_s is None else sighting.age_s + self.elapsed_s

    def tone(self, signal: str, value: float | None) -> Tone:
        """The tone of a reading."""
        return LEVEL_TONES[level(signal, value, self.thresholds)]

    def history(self, sighting: Sighting, signal: str, subject: str = "") -> Sequence[float]:
        """The last readings of a signal of this target."""
        return self.picture.values(sighting.target.name, signal, subject)


def state_line(glance: Glance, sighting: Sighting) -> Line:
    """What the pane's title says of the state of its data: `● live 1s`, `◌ STALE 14s`, `✗ DOWN, seen 40s ago`."""
    symbol, word, tone = STATES[sighting.state]
    age = glance.age(sighting)
    match sighting.state:
        case State.LIVE | State.STALE:
            after = f" {figures.age(age)}"
        case State.DOWN | State.DENIED:
            after = f", seen {figures.age(age)} ago" if age is not None else ", never seen"
        case State.CONNECTING:
            waited = sighting.looking_s
            after = f" {figures.age(waited + glance.elapsed_s)}" if waited is not None else ""
    return (Cell(f"{symbol} {word}", tone), Cell(after, "dim" if sighting.state is State.LIVE else tone))


def labelled(label: str, value: str, tone: Tone = "text") -> Line:
    """`label value`, the label dim."""
    return (Cell(f"{label} ", "dim"), Cell(value, tone))


def gauge(ratio: float | None, width: int, tone: Tone) -> Line:
    """A bar: the part that is used in the reading's tone, the rest dim."""
    drawn = figures.bar(ratio, width)
    used = drawn.rstrip("░")
    return (Cell(used, tone if tone != "text" else "good"), Cell(drawn[len(used) :], "dim"))
