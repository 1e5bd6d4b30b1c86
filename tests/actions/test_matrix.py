"""No action and no check without a test of each fault, or a reason."""

from __future__ import annotations

from tests.actions.matrix import (
    FAULTS,
    HOLES,
    NONE,
    READS,
    SAFETY,
    actions_and_checks,
    cells,
    covered,
    rules_held,
)


def test_every_fault_is_tried_on_every_action_and_check_or_there_is_a_reason() -> None:
    actions, checks = actions_and_checks()
    wanted = {(id, fault) for id in actions | checks for fault in FAULTS}
    wanted -= {(id, fault) for id in checks for fault in READS}
    assert sorted(wanted - covered() - cells(NONE) - cells(HOLES)) == []


def test_no_reason_is_given_for_what_is_tried_or_is_not_there() -> None:
    actions, checks = actions_and_checks()
    named = covered() | cells(NONE) | cells(HOLES)
    assert {id for id, _ in named} <= actions | checks
    assert {fault for _, fault in named} <= set(FAULTS)
    assert sorted(covered() & (cells(NONE) | cells(HOLES))) == []


def test_each_rule_for_acting_is_held_by_a_test() -> None:
    assert sorted(set(SAFETY) - rules_held()) == []
