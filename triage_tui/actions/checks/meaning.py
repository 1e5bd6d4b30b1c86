"""What a guide makes of an answer: it may know that a word in it is bad where the check alone sees nothing wrong."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.actions.checks.answer import Said, said
from triage_tui.guides.entry import CheckOutcome
from triage_tui.model.outcome import Outcome
from triage_tui.text import safe

_WORSE = (Outcome.PASS, Outcome.WARN, Outcome.FAIL)


def meant(told: Said, meanings: Sequence[CheckOutcome]) -> Said:
    """The answer, or the guide's word on it where that is the worse one. The first condition that is true counts.

    What could not be asked stays unknown: nothing follows from it. `value` in a condition is the answer's text, of
    which the first lines are kept (answer.MOST_LINES).
    """
    if told.outcome not in _WORSE:
        return told
    answers = {"value": "\n".join((told.message, *told.lines)), "answered": True}
    for one in meanings:
        if one.when.holds(answers):
            outcome = Outcome(one.result)
            if outcome not in _WORSE or _WORSE.index(outcome) <= _WORSE.index(told.outcome):
                return told
            words = safe(one.message) or "the guide says so"
            return said(outcome, f"{words}: {told.message}", told.lines, told.age_s)
    return told
