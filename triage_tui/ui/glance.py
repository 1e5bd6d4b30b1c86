"""A picture as a pane reads it: with its age right now, and with words and tones for states and levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct

from triage_tui.config.settings import Threshold
from triage_tui.config.thresholds import Level, level
from triage_tui.model import Diagnosis, Picture, Sighting, State
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


SLOT_S = 10.0
"""Seconds that one cell of a sparkline stands for. With a cell for each look the whole line would change every time."""

READ_WITHIN_S = 0.5
"""What may pass between the end of a look and the next without being worth a word."""


class Glance(Struct, frozen=True):
    """A picture, and how long ago it was taken.

    elapsed_s  seconds since the picture's instant: above zero while the screen is paused
    diagnosis  what the pictures so far mean; None where nobody has said yet
    """

    picture: Picture
    thresholds: Mapping[str, Threshold] = {}
    elapsed_s: float = 0.0
    diagnosis: Diagnosis | None = None

    def age(self, sighting: Sighting) -> float | None:
        """Seconds since the data were taken; None where there are none."""
        return None if sighting.age_s is None else sighting.age_s + self.elapsed_s

    def tone(self, signal: str, value: float | None) -> Tone:
        """The tone of a reading."""
        return LEVEL_TONES[level(signal, value, self.thresholds)]

    def peaks(self, sighting: Sighting, signal: str, slots: int, subject: str = "") -> Sequence[float | None]:
        """The highest readings of a signal in the last slots of time, the latest at the end; None where there is none.

        Slots begin at full multiples of SLOT_S, so that time moves them and looks do not.
        """
        series = self.picture.history.get((sighting.target.name, signal, subject))
        if series is None or not series.times:
            return ()
        latest = series.times[-1] // SLOT_S
        peaks: list[float | None] = [None] * slots
        for at, value in zip(reversed(series.times), reversed(series.values), strict=True):
            back = int(latest - at // SLOT_S)
            if back >= slots:
                break
            known = peaks[-1 - back]
            peaks[-1 - back] = value if known is None else max(known, value)
        return peaks


def state_line(glance: Glance, sighting: Sighting) -> Line:
    """What the pane's title says of the state of its data: `● live <3s`, `◌ STALE 14s`, `✗ DOWN, seen 40s ago`.

    The age of live data goes up and down with every look; for as long as it stays below what the cadence makes of it,
    that bound is shown and not the age.
    """
    symbol, word, tone = STATES[sighting.state]
    age = glance.age(sighting)
    match sighting.state:
        case State.LIVE if age is not None and age < (bound := _age_bound_s(sighting)):
            after = f" <{bound}s"
        case State.LIVE | State.STALE:
            after = f" {figures.age(age)}"
        case State.DOWN | State.DENIED:
            after = f", seen {figures.age(age)} ago" if age is not None else ", never seen"
        case State.CONNECTING:
            waited = sighting.looking_s
            after = f" {figures.age(waited + glance.elapsed_s)}" if waited is not None else ""
    return (Cell(f"{symbol} {word}", tone), Cell(after, "dim" if sighting.state is State.LIVE else tone))


def _age_bound_s(sighting: Sighting) -> int:
    """Whole seconds below which the age stays while looks follow each other as they should."""
    return math.ceil(sighting.interval_s + (sighting.took_s or 0.0) + READ_WITHIN_S)


def labelled(label: str, value: str, tone: Tone = "text") -> Line:
    """`label value`, the label dim."""
    return (Cell(f"{label} ", "dim"), Cell(value, tone))


def gauge(ratio: float | None, width: int, tone: Tone) -> Line:
    """A bar: the part that is used in the reading's tone, the rest dim."""
    drawn = figures.bar(ratio, width)
    used = drawn.rstrip("░")
    return (Cell(used, tone if tone != "text" else "good"), Cell(drawn[len(used) :], "dim"))
