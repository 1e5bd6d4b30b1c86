"""One list of checks, whoever reads it."""

from __future__ import annotations

from triage_tui.actions.checks.registry import all_checks
from triage_tui.diagnosis.outcomes import answered_checks
from triage_tui.model.deeds import CHECKS


def test_every_check_that_is_named_can_be_asked_in_the_order_in_which_it_is_named() -> None:
    assert list(all_checks()) == list(CHECKS)
    assert all(id == check.id for id, check in all_checks().items())


def test_what_a_look_answers_can_be_asked_too() -> None:
    assert set(answered_checks()) <= all_checks().keys()


def test_what_needs_an_argument_says_what_it_is() -> None:
    for check in all_checks().values():
        assert check.about or not check.needs_argument, check.id
        assert 0 < check.limit_s <= 20
