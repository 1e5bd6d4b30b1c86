"""Entries for what is wrong now: supporting, refuting and unknown evidence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guides.writing import guide
from triage_tui.guides.index import Index
from triage_tui.guides.library import Library
from triage_tui.guides.suggest import suggest


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
    guide(tmp_path, "a/slow", "symptoms: [{signal: http.latency_s, op: '>', value: 2, weight: 2}]")
    guide(tmp_path, "a/weak", "symptoms: [{signal: queue.waiting, op: '>', value: 0, weight: 1}]")
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


def test_a_symptom_that_fits_many_a_day_is_not_enough(index: Index) -> None:
    assert suggest(index, {"queue.waiting": [5]}) == []


def test_a_finding_counts_more_than_symptoms(index: Index) -> None:
    first, second = suggest(index, {"http.latency_s": [3.0]}, ["redis.writes-refused"])
    assert (first.row.id, second.row.id) == ("a/full", "a/slow")
    assert first.supporting == ("answers redis.writes-refused",)
    assert second.supporting == ("http.latency_s > 2: now 3s",)
