"""Entries for what is wrong now: supporting, refuting and unknown evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guides.writing import guide
from triage_tui.guides.index import Index
from triage_tui.guides.library import Library
from triage_tui.guides.suggest import is_telling, suggest, suggest_at


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Three entries with symptoms."""
    guide(
        tmp_path,
        "a/full",
        "findings: [redis.writes-refused]\nseverity: critical\nsymptoms:\n"
        "  - {signal: redis.memory_ratio, op: '>=', value: 0.9, weight: 3}\n"
        "  - {signal: queue.waiting, op: '>', value: 100, weight: 1}",
    )
    guide(tmp_path, "a/slow", "symptoms: [{signal: http.latency_s, op: '>', value: 2, weight: 3}]")
    guide(
        tmp_path,
        "a/paused",
        "findings: [queue.paused]\nsymptoms:\n  - {signal: queue.in_flight, op: '==', value: 0, weight: 3}\n"
        "  - {signal: queue.oldest_age_s, op: '>', value: 300, weight: 3}",
    )
    guide(tmp_path, "a/weak", "symptoms: [{signal: queue.waiting, op: '>', value: 0, weight: 3}]")
    return Library([tmp_path], None).index


def test_what_holds_is_suggested_with_its_reading(index: Index) -> None:
    (one,) = suggest(index, {"redis.memory_ratio": [0.2, 0.95], "queue.waiting": [3]})
    assert one.row.id == "a/full"
    assert one.supporting == ("redis.memory_ratio >= 0.9: now 95%",)
    assert one.refuting == ("queue.waiting > 100: now 3",)
    assert one.score == 2


def test_what_is_unknown_speaks_neither_way(index: Index) -> None:
    assert suggest(index, {}) == []
    (one,) = suggest(index, {"redis.memory_ratio": [0.95]})
    assert one.unknown == ("queue.waiting > 100: not known",)
    assert one.score == 3


@pytest.mark.parametrize(
    "calm", [{"queue.waiting": [5]}, {"queue.in_flight": [0]}, {"queue.in_flight": [0], "queue.waiting": [9]}]
)
def test_what_holds_on_a_calm_system_proposes_nothing(index: Index, calm: dict[str, list[float]]) -> None:
    assert suggest(index, calm) == []


def test_but_it_speaks_for_what_others_propose(index: Index) -> None:
    (one,) = suggest(index, {"queue.in_flight": [0], "queue.oldest_age_s": [900]})
    assert one.score == 6
    assert len(one.supporting) == 2


@pytest.mark.parametrize(
    ("signal", "op", "value", "telling"),
    [
        ("queue.in_flight", "==", 0, False), ("queue.waiting", ">", 0, False), ("queue.waiting", ">", 100, True),
        ("redis.hit_ratio", "<", 0.5, True), ("redis.hit_ratio", ">", 0.5, False), ("queue.dead", ">", 0, True),
        ("http.tls_expires_in_s", "<", 0, True), ("http.status", ">=", 500, True), ("http.status", "<", 400, False),
        ("postgres.blocked", ">=", 1, True), ("queue.growth_per_s", ">", 0, False),
    ],
)  # fmt: skip
def test_which_symptoms_say_that_something_is_wrong(
    signal: str, op: str, value: float, telling: bool
) -> None:
    assert is_telling(signal, op, value) is telling


def test_symptoms_have_to_hold_at_one_place(index: Index) -> None:
    idle, old = {"queue.in_flight": [0.0]}, {"queue.oldest_age_s": [900.0], "queue.in_flight": [4.0]}
    assert suggest_at(index, [idle, old]) == []
    (one,) = suggest_at(index, [idle, {**old, "queue.in_flight": [0.0]}])
    assert one.row.id == "a/paused"


def test_the_first_finding_and_the_entry_of_its_name_come_first(tmp_path: Path) -> None:
    for id in ("a/ours", "queues/paused"):
        guide(tmp_path, id, "findings: [queue.paused]")
    guide(tmp_path, "redis/loading", "findings: [redis.loading]\nseverity: critical")
    index = Library([tmp_path], None).index
    found = [one.row.id for one in suggest(index, {}, ["queue.paused", "redis.loading"])]
    assert found == ["queues/paused", "redis/loading", "a/ours"]


def test_symptoms_do_not_change_the_order_of_findings(tmp_path: Path) -> None:
    symptoms = "\nsymptoms: [{signal: queue.dead, op: '>', value: 0, weight: 9}]"
    guide(tmp_path, "queues/dead-jobs", f"findings: [queue.dead-jobs]{symptoms}")
    guide(tmp_path, "redis/loading", "findings: [redis.loading]")
    index = Library([tmp_path], None).index
    found = [one.row.id for one in suggest(index, {"queue.dead": [3]}, ["redis.loading", "queue.dead-jobs"])]
    assert found == ["redis/loading", "queues/dead-jobs"]


def test_a_finding_counts_more_than_symptoms(index: Index) -> None:
    first, second = suggest(index, {"http.latency_s": [3.0]}, ["redis.writes-refused"])
    assert (first.row.id, second.row.id) == ("a/full", "a/slow")
    assert first.supporting == ("answers redis.writes-refused",)
    assert second.supporting == ("http.latency_s > 2: now 3s",)
