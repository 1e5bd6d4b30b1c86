"""How findings come and go: pure steps over pictures made up here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from msgspec.structs import replace

from tests.diagnosis.scenes import WALL, failed, picture, seen
from triage_tui.config.settings import Hold
from triage_tui.diagnosis import Diagnostician
from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Diagnosis, Finding, Kind, ProblemKind, Severity, Sighting, State
from triage_tui.model.http import HttpData

WELL = HttpData(200, 0.01)
ILL = HttpData(500, 0.01)
VAGUE = HttpData(100, 0.01)


def says(scene: Scene) -> Iterator[Finding | Unclear]:
    status = scene.data(HttpData).status
    if status == VAGUE.status:
        yield Unclear()
    elif status >= 500:
        yield scene.finding(Severity.CRITICAL, "", "it is ill", [scene.fact("it says so")])


def diagnostician(hold_s: float = 0.0, clear_s: float = 0.0) -> Diagnostician:
    rule = Rule("http.server-error", (Kind.HTTP,), "", "", says, hold_s=hold_s, clear_s=clear_s)
    return Diagnostician(rules=[rule])


def look(at: float, data: HttpData, age_s: float = 0.0) -> Sighting:
    return replace(seen(data), age_s=age_s)


def told(one: Diagnosis) -> list[str]:
    return [finding.id for finding in one.findings]


def after(who: Diagnostician, at: float, data: HttpData, age_s: float = 0.0) -> Diagnosis:
    return who.see(picture(look(at, data, age_s), after_s=at))


def test_what_need_not_hold_is_told_at_once_and_over_at_once() -> None:
    who = diagnostician()
    assert told(after(who, 0, ILL)) == ["http.server-error"]
    assert told(after(who, 2, WELL)) == []


def test_what_the_configuration_gives_counts_and_the_rest_is_the_rules_own() -> None:
    rule = Rule("http.server-error", (Kind.HTTP,), "", "", says, hold_s=0.0, clear_s=4.0)
    patient = Diagnostician(rules=[rule], holds={"http.server-error": Hold(hold_s=6.0)})
    assert told(after(patient, 0, ILL)) == []
    assert told(after(patient, 4, ILL)) == []
    assert told(after(patient, 6, ILL)) == ["http.server-error"]
    assert told(after(patient, 8, WELL)) == ["http.server-error"], "the rule's own time of being well"
    assert told(after(patient, 12, WELL)) == []
    brisk = Diagnostician(rules=[rule], holds={"http.server-error": Hold(clear_s=0.0), "http.slow": Hold(9)})
    assert told(after(brisk, 0, ILL)) == ["http.server-error"]
    assert told(after(brisk, 2, WELL)) == []


def test_what_has_to_hold_is_pending_until_a_look_proves_it() -> None:
    who = diagnostician(hold_s=4.0)
    first = after(who, 0, ILL)
    assert told(first) == []
    assert [one.id for one in first.pending] == ["http.server-error"]
    # The same look seen again and again proves nothing.
    assert told(after(who, 5, ILL, age_s=5.0)) == []
    late = after(who, 6, ILL)
    assert told(late) == ["http.server-error"]
    assert late.pending == ()
    assert late.findings[0].since == WALL


def test_one_good_look_in_between_begins_anew() -> None:
    who = diagnostician(hold_s=4.0)
    after(who, 0, ILL)
    after(who, 2, WELL)
    assert told(after(who, 4, ILL)) == []
    assert told(after(who, 6, ILL)) == []
    assert told(after(who, 8, ILL)) == ["http.server-error"]


def test_what_flickers_stays_until_it_has_been_well_for_long_enough() -> None:
    who = diagnostician(clear_s=10.0)
    after(who, 0, ILL)
    for at, data in ((2, WELL), (8, WELL), (9, ILL), (11, WELL), (19, WELL)):
        one = after(who, at, data)
        assert told(one) == ["http.server-error"], at
        assert one.findings[0].since == WALL
    assert told(after(who, 21, WELL)) == []


def test_stale_data_neither_begin_nor_end_anything() -> None:
    who = diagnostician()
    stale = replace(look(0, ILL, age_s=30.0), state=State.STALE)
    assert told(who.see(picture(stale))) == []
    after(who, 2, ILL)
    gone = replace(look(0, WELL, age_s=20.0), state=State.STALE)
    one = who.see(picture(gone, after_s=22.0))
    assert told(one) == ["http.server-error"]
    assert one.findings[0].stale
    assert one.findings[0].evidence[0].age_s == 20.0


def test_what_is_down_keeps_what_was_found_before() -> None:
    who = diagnostician()
    after(who, 0, ILL)
    down = failed(Kind.HTTP, ProblemKind.REFUSED, last=ILL)
    assert [(one.id, one.stale) for one in who.see(picture(down, after_s=60.0)).findings] == [
        ("http.server-error", True)
    ]


def test_unclear_is_neither_ill_nor_well() -> None:
    who = diagnostician()
    assert told(after(who, 0, VAGUE)) == []
    after(who, 2, ILL)
    assert told(after(who, 4, VAGUE)) == ["http.server-error"]
    assert told(after(who, 6, WELL)) == []


def test_a_target_that_is_not_watched_any_more_takes_its_findings_with_it() -> None:
    who = diagnostician()
    after(who, 0, ILL)
    assert told(who.see(picture(after_s=2.0))) == []


def test_data_that_tell_since_when_need_not_be_watched_for_that_long() -> None:
    def old(scene: Scene) -> Iterator[Finding]:
        yield scene.finding(Severity.WARNING, "", "it is old", [], began_s=60.0)

    rule = Rule("http.slow", (Kind.HTTP,), "", "", old, hold_s=30.0)
    (one,) = Diagnostician(rules=[rule]).see(picture(seen(WELL))).findings
    assert one.since == WALL - timedelta(seconds=60)


def test_a_rule_that_raises_is_a_defect_of_its_own() -> None:
    def broken(scene: Scene) -> Iterator[Finding]:
        yield scene.finding(Severity.WARNING, "", "before", [])
        raise ZeroDivisionError

    rules = [
        Rule("http.slow", (Kind.HTTP,), "", "", broken),
        Rule("http.server-error", (Kind.HTTP,), "", "", says),
    ]
    who = Diagnostician(rules=rules)
    assert "http.server-error" in told(after(who, 0, ILL))
    assert [type(error) for error in who.defects] == [ZeroDivisionError]
