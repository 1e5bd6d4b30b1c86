"""What is known and not told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from triage_tui.config.settings import QuietRule
from triage_tui.diagnosis.quiet import rule_for, split
from triage_tui.model import Finding, Incident, Severity

ROOT = Finding("docker.memory-near-limit", Severity.WARNING, "engine", "shop-batch-1", "it is near")
SYMPTOM = Finding("http.slow", Severity.WARNING, "shop", "", "it is slow")
NOW = datetime(2026, 3, 7, 2, 30, tzinfo=UTC)
"""A Saturday."""


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        (QuietRule("docker.memory-near-limit", reason="sized so"), True),
        (QuietRule("docker.*", subject="shop-batch-*", reason="sized so"), True),
        (QuietRule("docker.*", subject="shop-api-*", reason="sized so"), False),
        (QuietRule("*", target="other", reason="sized so"), False),
        (QuietRule("*", until=datetime(2026, 3, 7, 2, 31, tzinfo=UTC)), True),
        (QuietRule("*", until=datetime(2026, 3, 7, 2, 30, tzinfo=UTC)), False),
        (QuietRule("*", reason="backup", window="02:00-03:00"), True),
        (QuietRule("*", reason="backup", window="02:30-03:00", days=("sat",)), True),
        (QuietRule("*", reason="backup", window="01:00-02:30"), False),
        (QuietRule("*", reason="backup", window="02:00-03:00", days=("fri",)), False),
        # It began on Friday evening.
        (QuietRule("*", reason="backup", window="23:00-03:00", days=("fri",)), True),
        (QuietRule("*", reason="backup", window="23:00-03:00", days=("sat",)), False),
    ],
)
def test_a_rule_is_about_something_and_holds_for_a_time(rule: QuietRule, known: bool) -> None:
    assert (rule_for(ROOT, [rule], NOW) is rule) is known


def test_what_a_known_root_explains_is_known_too() -> None:
    rule = QuietRule("docker.memory-near-limit", reason="sized so")
    told, quiet = split([Incident(ROOT, (SYMPTOM,))], [rule], NOW)
    assert told == ()
    assert [(one.finding, one.reason) for one in quiet] == [(ROOT, "sized so"), (SYMPTOM, "sized so")]


def test_a_known_symptom_leaves_its_root() -> None:
    told, quiet = split([Incident(ROOT, (SYMPTOM,))], [QuietRule("http.slow", reason="always so")], NOW)
    assert told == (Incident(ROOT),)
    assert [one.finding for one in quiet] == [SYMPTOM]
