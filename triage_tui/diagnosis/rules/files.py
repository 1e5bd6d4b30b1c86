"""Folders that must stay fresh."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Needs, Rule, Scene, Unclear
from triage_tui.model import Evidence, Finding, Kind, ProblemKind, Severity
from triage_tui.model.files import FilesData
from triage_tui.text import figures


def stale(scene: Scene) -> Iterator[Finding | Unclear]:
    """The newest file is too old, no file has come for too long, or the folder is not there."""
    problem = scene.sighting.problem
    if not scene.sighting.known:
        if problem is None or problem.kind is not ProblemKind.MISSING:
            yield Unclear()
            return
        yield scene.finding(
            Severity.CRITICAL,
            "",
            "the folder that must stay fresh is not there",
            [Evidence(problem.message, age_s=scene.sighting.problem_age_s)],
            against=["it may be a file system that is not mounted, with everything still on it"],
            checks=[scene.deed("files.fresh", why="whether it is back")],
        )
        return
    data = scene.data(FilesData)
    age = data.age_s
    if data.max_age_s is None:
        return
    if data.at_least or age is None:
        yield Unclear()
        return
    severity = scene.severity("files.age_of_max", age / data.max_age_s)
    if severity is None:
        return
    what = "file" if data.pattern == "*" else f"file like {data.pattern}"
    newest = f"the newest {what}, {data.newest}, is {figures.duration(age)} old"
    empty = f"there is no {what}, and the folder has not changed for {figures.duration(age)}"
    yield scene.finding(
        severity,
        "",
        f"nothing new for {figures.duration(age)} in {data.path}",
        [
            scene.measured(
                f"{newest if data.count else empty}; {figures.duration(data.max_age_s)} are allowed",
                "files.age_of_max",
                age / data.max_age_s,
                severity,
            )
        ],
        against=[f"{figures.count(data.unreadable)} entries could not be looked at"]
        if data.unreadable
        else [],
        began_s=max(0.0, age - data.max_age_s),
        checks=[scene.deed("files.fresh", why="whether something comes again")],
    )


RULES = (
    Rule(
        "files.stale",
        (Kind.FILES,),
        "The age of the newest file whose name fits, against `max_age_s`; of an empty folder, when it last changed.",
        "A backup, an export or a delivery that does not come is noticed on the day on which it is needed.",
        stale,
        limits=("files.age_of_max",),
        needs=Needs.ANSWER,
        clear_s=0.0,
    ),
)
