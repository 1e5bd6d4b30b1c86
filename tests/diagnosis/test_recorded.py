"""Rules on what real servers said: the fault is found, just below its threshold it is not, and in old data never."""

from __future__ import annotations

from functools import cache

import pytest
from msgspec.structs import replace

from tests.diagnosis.recorded import names, recorded
from triage_tui.config import limits
from triage_tui.config.limits import Bound, bounds
from triage_tui.diagnosis import Diagnostician
from triage_tui.diagnosis.judging import Judgement, judge
from triage_tui.diagnosis.registry import all_rules, rules_for
from triage_tui.diagnosis.rule import Needs
from triage_tui.lab.drills import all_drills
from triage_tui.model import Finding, Kind, Picture, Problem, ProblemKind, Severity, State

WELL = "well"
TRUTHS = {drill.id: drill.finding for drill in all_drills().values()}
FAULTS = [name for name in names() if name != WELL]

SILENT = Problem(ProblemKind.TIMEOUT, "no answer", "Wait.")


def judged(finding: str, picture: Picture, given: dict[str, Bound] | None = None) -> Judgement:
    return judge(rules_for(finding), picture, given if given is not None else bounds({}))


@cache
def findings(name: str) -> tuple[Finding, ...]:
    return tuple(judged(TRUTHS[name], recorded(name)).found.values())


def measured() -> list[tuple[str, str]]:
    """(recording, signal or limit) wherever the finding rests on a threshold."""
    return sorted(
        {
            (name, fact.signal)
            for name in FAULTS
            for one in findings(name)
            for fact in one.evidence
            if fact.signal
        }
    )


def test_there_is_a_recording_for_most_drills() -> None:
    assert WELL in names()
    assert len(FAULTS) >= 25
    assert set(FAULTS) <= TRUTHS.keys()


def test_where_all_is_well_nothing_is_found() -> None:
    picture = recorded(WELL)
    said = judge(all_rules(), picture, bounds({}))
    assert [one.key for one in said.found.values() if one.severity is not Severity.INFO] == []
    assert said.defects == ()
    # Something was looked for everywhere.
    assert {target for _, target in said.judged} == {one.target.name for one in picture.sightings}


@pytest.mark.parametrize("name", FAULTS)
def test_the_fault_is_found_with_evidence(name: str) -> None:
    assert findings(name)
    for one in findings(name):
        assert one.title
        assert one.evidence
        assert all(fact.text and (fact.age_s is None or fact.age_s >= 0) for fact in one.evidence)
    assert judge(all_rules(), recorded(name), bounds({})).defects == ()


@pytest.mark.parametrize("name", FAULTS)
def test_it_is_not_found_where_all_is_well(name: str) -> None:
    said = judged(TRUTHS[name], recorded(WELL))
    assert [one for one in said.found.values() if one.severity is not Severity.INFO] == []


@pytest.mark.parametrize(("name", "signal"), measured())
def test_just_below_its_threshold_it_is_not_found(name: str, signal: str) -> None:
    values = [fact.value for one in findings(name) for fact in one.evidence if fact.signal == signal]
    worst = min(values) if limits.low_is_bad(signal) else max(values)
    assert worst is not None
    others = {
        fact.signal: Bound(None, None, limits.low_is_bad(fact.signal))
        for one in findings(name)
        for fact in one.evidence
        if fact.signal and fact.signal != signal
    }
    step = -1e-6 if limits.low_is_bad(signal) else 1e-6
    missed = Bound(worst + step * max(1.0, abs(worst)), None, limits.low_is_bad(signal))
    subjects = {one.subject for one in findings(name) if any(fact.signal == signal for fact in one.evidence)}
    near = judged(TRUTHS[name], recorded(name), {**bounds({}), **others, signal: missed})
    resting = [
        one
        for one in near.found.values()
        if one.subject in subjects and any(f.signal == signal for f in one.evidence)
    ]
    # A finding that a threshold only makes worse is there without it, and no longer rests on it.
    assert all(fact.value != worst or fact.limit is None for one in resting for fact in one.evidence)


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("state", [State.STALE, State.DOWN, State.DENIED, State.CONNECTING])
def test_in_old_data_it_is_never_found(name: str, state: State) -> None:
    if any(rule.needs is Needs.ANSWER for rule in rules_for(TRUTHS[name])):
        pytest.skip("it is found by the look that failed")
    picture = recorded(name)
    old = replace(
        picture,
        sightings=tuple(
            replace(one, state=state, age_s=99.0, problem=SILENT, problem_age_s=1.0, failures=9)
            for one in picture.sightings
        ),
    )
    said = judged(TRUTHS[name], old)
    assert said.found == {}
    # Nor is it called well.
    assert not any(said.well(one.key) for one in findings(name))


@pytest.mark.parametrize("name", FAULTS)
def test_it_leads_and_what_it_explains_stands_below(name: str) -> None:
    """The same fault looked at for a minute: what has to hold has held."""
    who = Diagnostician()
    picture = recorded(name)
    who.see(picture)
    later = replace(picture, taken_at=picture.taken_at + 60.0)
    one = who.see(later)
    assert one.incidents[0].root.id == TRUTHS[name]
    rivals = [each.root for each in one.incidents[1:]]
    assert [each.key for each in rivals if each.severity.rank > one.incidents[0].root.severity.rank] == []


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.HOST])
def test_a_target_of_each_kind_was_there(kind: Kind) -> None:
    assert any(one.target.kind is kind and one.data is not None for one in recorded(WELL).sightings)
