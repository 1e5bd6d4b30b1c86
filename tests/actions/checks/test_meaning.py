"""What a guide makes of an answer."""

from __future__ import annotations

import pytest

from tests.actions.checks.watched import Watched
from triage_tui.actions.checks.answer import BY_HAND, Question, said
from triage_tui.actions.checks.meaning import meant
from triage_tui.actions.checks.runner import ask
from triage_tui.actions.checks.site import Site
from triage_tui.guides.entry import CheckOutcome
from triage_tui.guides.when import parse
from triage_tui.model.outcome import Outcome

DEADLOCK = CheckOutcome(parse("'DeadlockDetected' in value"), "fail", "a deadlock came first")
QUIET = CheckOutcome(parse("else"), "pass", "no word of one")


def test_a_word_in_the_answer_makes_it_worse() -> None:
    told = meant(said(Outcome.PASS, "3 lines", ["at 1: DeadlockDetected"], 2.0), (DEADLOCK, QUIET))
    assert (told.outcome, told.message, told.age_s) == (Outcome.FAIL, "a deadlock came first: 3 lines", 2.0)
    assert told.lines == ("at 1: DeadlockDetected",)


def test_without_the_word_it_stays() -> None:
    answer = said(Outcome.WARN, "3 lines", ["at 1: all well"])
    assert meant(answer, (DEADLOCK, QUIET)) is answer


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAIL])
def test_nothing_is_made_better_nor_known_by_it(outcome: Outcome) -> None:
    answer = said(outcome, "DeadlockDetected")
    assert meant(answer, (DEADLOCK,)) is answer
    assert meant(answer, (QUIET,)) is answer


async def test_a_program_of_a_guide_is_unknown_and_says_where_it_stands() -> None:
    answer = await ask(Question(BY_HAND, argument="rm -rf /"), Site(Watched()))
    assert answer.outcome is Outcome.UNKNOWN
    assert "not run from here" in answer.message
