"""Every finding has a rule, and every rule says what it looks at and where its thresholds come from."""

from __future__ import annotations

import pytest

from triage_tui.config import limits
from triage_tui.config.settings import Threshold
from triage_tui.diagnosis.causes import DEPTH, SPREADS, SUFFERS, UNREACHABLE, WITHIN
from triage_tui.diagnosis.outcomes import answered_checks
from triage_tui.diagnosis.registry import all_rules, rules_for
from triage_tui.diagnosis.rule import Rule
from triage_tui.model.deeds import CHECKS
from triage_tui.model.findings import FINDINGS

RULES = all_rules()


def test_every_finding_has_a_rule_and_no_rule_finds_anything_else() -> None:
    assert {rule.id for rule in RULES} == FINDINGS.keys()
    assert all(rules_for(id) for id in FINDINGS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.kinds[0]}")
def test_a_rule_says_what_it_looks_at_and_why(rule: Rule) -> None:
    assert rule.looks_at.endswith(".")
    assert rule.because.endswith(".")
    assert rule.kinds
    for name in rule.limits:
        assert limits.meaning_of(name)
        assert limits.unit_of(name)
        assert limits.source_of(name), name
        assert limits.default_of(name) != Threshold(), name


def test_what_explains_what_names_findings_that_exist() -> None:
    named = {*DEPTH, *SPREADS, *SUFFERS, *UNREACHABLE, *(id for pair in WITHIN for id in pair)}
    assert named <= FINDINGS.keys()


def test_checks_that_are_answered_exist() -> None:
    assert set(answered_checks()) <= CHECKS.keys()
