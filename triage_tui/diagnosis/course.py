"""How findings come and go over successive pictures: hold times, and what cannot be seen any more.

A finding is told when it has held for its rule's hold time, and over when it has been well for its rule's clear
time. Both are counted from look to look, not from picture to picture: two pictures of the same look prove nothing.
What cannot be judged (stale, down, denied, unclear) stays as it is: it neither begins nor ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.config.settings import Hold
from triage_tui.diagnosis.judging import Judgement
from triage_tui.diagnosis.rule import Rule
from triage_tui.model import Evidence, Finding, Picture, Severity
from triage_tui.model.finding import Key


class Course(Struct, frozen=True):
    """One finding over time. Instants are monotonic seconds, at which the looks ended that it was seen in.

    since       UTC, when it began: by its data, or when it was first seen
    well_since  the first look since which it has been well; None where the latest that tells still has it
    """

    finding: Finding
    first_at: float
    last_at: float
    since: datetime
    told: bool = False
    well_since: float | None = None


Courses = Mapping[Key, Course]


class Holding:
    """Hold and clear times by finding id: what triage.toml gives, else the rules' own.

    Of several rules for one finding the shortest hold counts, and the longest clear time.
    """

    def __init__(self, rules: Sequence[Rule], given: Mapping[str, Hold] | None = None) -> None:
        self._hold: dict[str, float] = {}
        self._clear: dict[str, float] = {}
        for rule in rules:
            self._hold[rule.id] = min(rule.hold_s, self._hold.get(rule.id, rule.hold_s))
            self._clear[rule.id] = max(rule.clear_s, self._clear.get(rule.id, rule.clear_s))
        for id, one in (given or {}).items():
            if one.hold_s is not None:
                self._hold[id] = one.hold_s
            if one.clear_s is not None:
                self._clear[id] = one.clear_s

    def hold_s(self, id: str) -> float:
        """How long a finding has to hold before it is told."""
        return self._hold.get(id, 0.0)

    def clear_s(self, id: str) -> float:
        """How long it has to be well before it is over."""
        return self._clear.get(id, 0.0)


def step(courses: Courses, judgement: Judgement, picture: Picture, holding: Holding) -> dict[Key, Course]:
    """The courses after one more picture. Pure."""
    seen_at = {
        sighting.target.name: picture.taken_at - _look_age_s(sighting.age_s, sighting.problem_age_s)
        for sighting in picture.sightings
    }
    after: dict[Key, Course] = {}
    for key, finding in judgement.found.items():
        after[key] = _seen(courses.get(key), finding, seen_at[finding.target], picture, holding)
    for key, course in courses.items():
        if key in after or course.finding.target not in seen_at:
            # A target that is not watched any more takes its findings with it.
            continue
        if not judgement.well(key):
            # What was never told has not held: it may begin anew.
            if course.told:
                after[key] = replace(course, well_since=None)
            continue
        now = seen_at[course.finding.target]
        well_since = course.well_since if course.well_since is not None else now
        if course.told and now - well_since < holding.clear_s(key[0]):
            after[key] = replace(course, well_since=well_since)
    return after


def told(courses: Courses, judgement: Judgement, picture: Picture) -> list[Finding]:
    """What is told now, with its beginning; what rests on data that are gone is marked stale, and as old as it is."""
    return [
        _dated(course, stale=key not in judgement.found and course.well_since is None, now=picture.taken_at)
        for key, course in courses.items()
        if course.told
    ]


def pending(courses: Courses) -> list[Finding]:
    """What holds, but not for long enough yet."""
    return [replace(course.finding, since=course.since) for course in courses.values() if not course.told]


def active(courses: Courses) -> dict[Key, Severity]:
    """What has been found and is not over, with its severity: for these, thresholds are relaxed."""
    return {key: course.finding.severity for key, course in courses.items()}


def _seen(before: Course | None, finding: Finding, at: float, picture: Picture, holding: Holding) -> Course:
    began_s = finding.began_s
    if before is None:
        age_s = max(0.0, picture.taken_at - at) if began_s is None else began_s
        since = picture.wall_at - timedelta(seconds=age_s)
        before = Course(finding, first_at=at, last_at=at, since=since)
    held_s = max(at - before.first_at, began_s or 0.0)
    return replace(
        before,
        finding=finding,
        last_at=at,
        told=before.told or held_s >= holding.hold_s(finding.id),
        well_since=None,
    )


def _dated(course: Course, *, stale: bool, now: float) -> Finding:
    finding = replace(course.finding, since=course.since, stale=stale)
    if not stale and course.well_since is None:
        return finding
    aged = tuple(_aged(one, now - course.last_at) for one in finding.evidence)
    return replace(finding, evidence=aged)


def _aged(evidence: Evidence, age_s: float) -> Evidence:
    return evidence if evidence.age_s is None else replace(evidence, age_s=max(evidence.age_s, age_s))


def _look_age_s(data_s: float | None, problem_s: float | None) -> float:
    """How old the latest look is that ended, whichever way."""
    return min((age for age in (data_s, problem_s) if age is not None), default=0.0)
