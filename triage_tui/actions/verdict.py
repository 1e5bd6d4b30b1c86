"""Did it help? What was wrong is looked at again until that is clear. Pure: pictures in, a verdict out."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from triage_tui.model import Diagnosis, Finding, Picture
from triage_tui.model.finding import Key
from triage_tui.text.figures import duration

WAIT_S = 90.0
"""How long what was wrong may take to go away: a health check of three intervals of 30 s."""

HOLD_S = 30.0
"""How long it has to stay away: longer than what a service needs to fail again right after its start."""

LOOKS = 3
"""Looks that have to say the same. One may be luck."""


class Verdict(StrEnum):
    """fixed: it went away and stayed away; not fixed: it is still there; came back: it went away and returned;
    inconclusive: it could not be seen, or was not there to begin with."""

    FIXED = "fixed"
    NOT_FIXED = "not fixed"
    CAME_BACK = "came back"
    INCONCLUSIVE = "inconclusive"


class Reading(Struct, frozen=True):
    """One signal of the finding. value, limit: in the signal's own unit; None: not known."""

    signal: str
    value: float | None
    limit: float | None = None


class Seen(Struct, frozen=True):
    """What one look told of a finding.

    at       monotonic seconds at which the target was looked at
    present  None: it could not be seen
    """

    at: float
    present: bool | None
    readings: tuple[Reading, ...] = ()


class Judgement(Struct, frozen=True):
    """The verdict, in a line with its numbers. before, after: the readings that it compares."""

    verdict: Verdict
    message: str
    before: tuple[Reading, ...] = ()
    after: tuple[Reading, ...] = ()


def snapshot(key: Key, picture: Picture, diagnosis: Diagnosis, signals: tuple[Reading, ...] = ()) -> Seen:
    """What is known of a finding now. signals: of an earlier look, to be read even where the finding is gone.

    A finding that is known and quiet, or has not held for long enough to be told, is there all the same.
    """
    _, target, subject = key
    sighting = picture.of(target)
    if sighting is None or sighting.age_s is None:
        return Seen(picture.taken_at, None)
    at = picture.taken_at - sighting.age_s
    found = next((one for one in diagnosis.known if one.key == key), None)
    if not sighting.known or (found is not None and found.stale):
        return Seen(at, None)
    if found is not None:
        return Seen(at, True, _readings(found))
    return Seen(at, False, tuple(_now(one, picture, target, subject) for one in signals))


class Following:
    """Looks at one finding after an action, one look of its target after the other, until the verdict is clear.

    key       the finding; before: what was seen of it when the action was confirmed
    began_at  monotonic seconds at which the action ended: older looks say nothing about it
    """

    def __init__(
        self, key: Key, before: Seen, began_at: float, *, wait_s: float = WAIT_S, hold_s: float = HOLD_S
    ) -> None:
        self._key = key
        self._before = before
        self._began_at = began_at
        self._wait_s = wait_s
        self._hold_s = hold_s
        self._looks: list[Seen] = []

    @property
    def waits_for(self) -> str:
        """What it is that has not been seen yet, in words."""
        gone = next((one for one in self._looks if one.present is False), None)
        if gone is None:
            return "waiting until it goes away"
        return f"it is gone; it has to stay away for {duration(self._hold_s)}"

    def see(self, picture: Picture, diagnosis: Diagnosis) -> Judgement | None:
        """Another picture and what it means. None: not clear yet."""
        seen = snapshot(self._key, picture, diagnosis, self._before.readings)
        newest = self._looks[-1].at if self._looks else self._began_at
        # A diagnosis older than the look that it is shown with is about the look before.
        if seen.at > newest and diagnosis.taken_at >= seen.at:
            self._looks.append(seen)
        return judge(
            self._before,
            self._looks,
            picture.taken_at - self._began_at,
            wait_s=self._wait_s,
            hold_s=self._hold_s,
        )


def judge(
    before: Seen, looks: list[Seen], passed_s: float, *, wait_s: float = WAIT_S, hold_s: float = HOLD_S
) -> Judgement | None:
    """What the looks after an action mean; None: not clear yet. passed_s: seconds since the action."""
    if before.present is not True:
        return Judgement(
            Verdict.INCONCLUSIVE, "it was not seen to be wrong when it was acted on", before.readings
        )
    known = [one for one in looks if one.present is not None]
    gone = next((place for place, one in enumerate(known) if one.present is False), None)
    if gone is not None:
        away = known[gone:]
        back = next((one for one in away if one.present), None)
        if back is not None:
            return _said(
                Verdict.CAME_BACK, before, back, f"gone, and back after {duration(back.at - away[0].at)}"
            )
        if len(away) >= LOOKS and away[-1].at - away[0].at >= hold_s:
            held = duration(away[-1].at - away[0].at)
            return _said(Verdict.FIXED, before, away[-1], f"gone for {held} in {len(away)} looks")
    elif len(known) >= LOOKS and passed_s >= wait_s:
        return _said(Verdict.NOT_FIXED, before, known[-1], f"still there after {duration(passed_s)}")
    if passed_s >= wait_s + hold_s:
        last = known[-1] if known else Seen(0.0, None)
        return _said(
            Verdict.INCONCLUSIVE,
            before,
            last,
            f"{len(known)} looks in {duration(passed_s)} are too few to tell",
        )
    return None


def _said(verdict: Verdict, before: Seen, after: Seen, words: str) -> Judgement:
    now = {one.signal: one for one in after.readings}
    numbers = [
        f"{one.signal} {_number(one.value)} → {_number(now[one.signal].value)}"
        for one in before.readings
        if one.signal in now
    ]
    return Judgement(verdict, "; ".join([words, *numbers]), before.readings, after.readings)


def _readings(finding: Finding) -> tuple[Reading, ...]:
    return tuple(
        Reading(one.signal, one.value, one.limit) for one in finding.evidence if one.signal is not None
    )


def _now(reading: Reading, picture: Picture, target: str, subject: str) -> Reading:
    values = picture.values(target, reading.signal, subject) or picture.values(target, reading.signal)
    return Reading(reading.signal, values[-1] if values else None, reading.limit)


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
