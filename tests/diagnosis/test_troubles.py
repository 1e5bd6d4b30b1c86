"""Rules on what real servers said in troubles that no drill makes: see `python -m benchmarks.diagnosis.troubles`."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.diagnosis.recorded import recorded
from triage_tui.config.limits import bounds, default_of
from triage_tui.config.settings import Threshold
from triage_tui.diagnosis.judging import Judgement, judge
from triage_tui.diagnosis.registry import all_rules, rules_for
from triage_tui.diagnosis.rule import Needs
from triage_tui.model import Picture, Problem, ProblemKind, State

FOLDER = Path(__file__).parent / "fixtures" / "troubles"
NEAR = sorted(path.name.removesuffix(".near.jsonl") for path in FOLDER.glob("*.near.jsonl"))
TROUBLES = sorted(path.stem for path in FOLDER.glob("*.jsonl") if not path.stem.endswith(".near"))

LOWERED = {
    "queue.old-job": {"queue.oldest_age_s": Threshold(warning=3)},
    "postgres.long-transaction": {"postgres.longest_transaction_s": Threshold(warning=3)},
    "postgres.long-query": {"postgres.query_s": Threshold(warning=3)},
    "postgres.temp-spill": {"postgres.temp_bytes_per_s": Threshold(warning=1e6)},
    "postgres.replication-lag": {"postgres.replication_lag_s": Threshold(warning=1)},
    "postgres.wraparound": {"postgres.frozen_xid_age": Threshold(warning=1)},
    "postgres.low-cache-hit": {
        "postgres.busy_commits_per_s": Threshold(warning=1),
        "postgres.busy_cache_hit_ratio": Threshold(warning=1.01),
    },
    "host.disk-full": {"host.disk_ratio": Threshold(warning=0.01)},
    "host.memory-pressure": {"host.memory_ratio": Threshold(warning=0.01)},
    "host.load-high": {"host.load_per_core": Threshold(warning=0.001)},
    "host.open-files": {"host.open_files_ratio": Threshold(warning=0.0001)},
}
"""Troubles that take minutes, or a machine that does nothing else: recorded as they begin, or on a machine and a server
that are well, with nearer thresholds."""

SILENT = Problem(ProblemKind.TIMEOUT, "no answer", "Wait.")


def shown(name: str) -> Picture:
    return recorded(f"troubles/{name}")


def judged(finding: str, picture: Picture, *, lowered: bool = True) -> Judgement:
    return judge(rules_for(finding), picture, bounds(LOWERED.get(finding, {}) if lowered else {}))


def test_there_are_some_of_each_kind() -> None:
    assert len(TROUBLES) >= 30
    assert set(NEAR) <= set(TROUBLES)
    assert set(LOWERED) <= set(TROUBLES)


@pytest.mark.parametrize("finding", TROUBLES)
def test_it_is_found_with_evidence(finding: str) -> None:
    said = judged(finding, shown(finding))
    assert said.defects == ()
    assert {one.id for one in said.found.values()} == {finding}
    for one in said.found.values():
        assert one.title
        assert one.evidence
        assert all(fact.text for fact in one.evidence)


@pytest.mark.parametrize("finding", NEAR)
def test_just_before_it_is_not(finding: str) -> None:
    said = judged(finding, shown(f"{finding}.near"))
    assert (said.found, said.defects) == ({}, ())
    assert {id for id, _ in said.judged} >= {finding}, "it was looked for"


@pytest.mark.parametrize("finding", sorted(LOWERED))
def test_what_has_only_begun_is_not_told_by_the_defaults(finding: str) -> None:
    assert judged(finding, shown(finding), lowered=False).found == {}
    assert all(default_of(name) != one for name, one in LOWERED[finding].items())


@pytest.mark.parametrize("finding", TROUBLES)
@pytest.mark.parametrize("state", [State.STALE, State.DOWN, State.DENIED, State.CONNECTING])
def test_in_old_data_it_is_neither_found_nor_well(finding: str, state: State) -> None:
    picture = shown(finding)
    (sighting,) = picture.sightings
    if sighting.data is None or any(rule.needs is Needs.ANSWER for rule in rules_for(finding)):
        # It is found by the look that failed: without one that has ended nothing is known.
        nothing = replace(sighting, state=State.CONNECTING, data=None, problem=None, age_s=None)
        said = judged(finding, replace(picture, sightings=(nothing,)))
    else:
        old = replace(sighting, state=state, age_s=600.0, problem=SILENT, problem_age_s=1.0)
        said = judged(finding, replace(picture, sightings=(old,)))
    assert said.found == {}
    assert not said.well((finding, sighting.target.name, ""))


@pytest.mark.parametrize("name", [*TROUBLES, *(f"{one}.near" for one in NEAR)])
def test_no_rule_fails_on_it(name: str) -> None:
    assert judge(all_rules(), shown(name), bounds({})).defects == ()
