"""Entries for what is wrong now, and for the row that is selected."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triage_tui.guides.library import Library
from triage_tui.guides.suggest import Readings, suggest_at
from triage_tui.model import Finding, Picture
from triage_tui.model.signals import read
from triage_tui.ui.glance import Glance
from triage_tui.ui.guides.state import Result
from triage_tui.ui.selected import Shown

MAX_SHOWN = 8

_ABOUT_ROW = 2
"""Findings of the selected row whose entries come first."""

_ANSWERS = 2
"""Entries for each: the one that is written for it, and the closest of the others."""


class Now(Struct, frozen=True):
    """What suggestions are made from.

    places    readings of each place; see guides/suggest.py
    findings  ids, the one to see to first in front
    about     findings of the selected row
    selected  what is shown of the row, as text
    """

    places: Sequence[Readings]
    findings: Sequence[str] = ()
    about: Sequence[Finding] = ()
    selected: str = ""


def now(glance: Glance, shown: Shown | None) -> Now:
    """What is known now, and of the selected row."""
    every = glance.diagnosis.findings if glance.diagnosis is not None else ()
    return Now(
        places_of(glance.picture),
        tuple(dict.fromkeys(one.id for one in every)),
        about(every, shown) if shown is not None else (),
        text_of(shown),
    )


def text_of(shown: Shown | None) -> str:
    """What is shown of the selected row, a line for each value."""
    return "\n".join(value for _, value in shown.details) if shown is not None else ""


def about(findings: Sequence[Finding], shown: Shown) -> tuple[Finding, ...]:
    """Findings about a row: those whose subject is one of its values, or that the row itself is."""
    values = {value for _, value in shown.details}
    target = shown.sighting.target.name if shown.sighting is not None else ""
    return tuple(
        one
        for one in findings
        if one.target == target
        and (values & {one.subject, one.subject.removeprefix("pid "), one.title} - {""})
    )


def places_of(picture: Picture) -> list[Readings]:
    """Readings of every target, and of every subject of it with those of its target. What is unknown has none.

    What one host or engine says as a whole holds for all that runs there, so those readings are everywhere.
    """
    everywhere: dict[str, list[float]] = {}
    by_target: list[dict[str, dict[str, list[float]]]] = []
    for sighting in picture.sightings:
        if not sighting.known or sighting.data is None:
            continue
        subjects: dict[str, dict[str, list[float]]] = {"": {}}
        for one in read(sighting.data):
            subjects.setdefault(one.subject, {}).setdefault(one.signal, []).append(one.value)
        by_target.append(subjects)
        for signal, values in subjects[""].items():
            everywhere.setdefault(signal, []).extend(values)
    places: list[Readings] = []
    for subjects in by_target:
        own = {**everywhere, **subjects[""]}
        places += [{**own, **readings} for readings in subjects.values()]
    return places


def suggestions(library: Library, known: Now) -> list[Result]:
    """The selected row first, where something is wrong with it; then what is wrong, the worst first."""
    from triage_tui.guides.answers import answers

    found: dict[str, Result] = {}
    for finding in known.about[:_ABOUT_ROW]:
        for answer in answers(library, finding, limit=_ANSWERS):
            row = answer.row
            found.setdefault(row.id, Result(row.id, row.title, row.severity, answer.why, known=True))
    for match in library.match(known.selected) if known.selected else ():
        # Words that it shares with an entry say nothing of a row that is well.
        if match.how == "signature":
            row = match.row
            found.setdefault(row.id, Result(row.id, row.title, row.severity, match.why, match.text, True))
    for one in suggest_at(library.index, known.places, known.findings):
        row = one.row
        found.setdefault(row.id, Result(row.id, row.title, row.severity, one.supporting))
    return list(found.values())[:MAX_SHOWN]
