"""Questions and answers as lines."""

from __future__ import annotations

import pytest

from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.model.outcome import Outcome
from triage_tui.ui.cells import Line, line_width
from triage_tui.ui.checks.lines import Asked, answer_lines, heading

QUESTIONS = (
    Question("docker.health", "docker", "shop-api", why="what the check says now"),
    Question("docker.logs-tail", "docker", "a-container-with-a-name-that-is-much-too-long-for-any-column"),
)


def answered(outcome: Outcome = Outcome.FAIL, message: str = "it fails", at: float = 90.0) -> Asked:
    one = Answer("docker.health", "docker", "shop-api", outcome, message, ("printed: no database",), 0.25, at)
    return Asked("of shop-api", QUESTIONS, {one.key: one})


def text(line: Line) -> str:
    return "".join(cell.text for cell in line)


def test_what_has_come_and_what_has_not() -> None:
    lines, places = answer_lines(answered(), 0, 100.0, 120)
    shown = [text(line) for line in lines]
    assert shown[0].startswith("▸✗ fail")
    assert shown[0].endswith("10s ago")
    assert shown[1].strip() == "printed: no database"
    assert "… asking" in shown[places[1]]
    assert text(heading(answered(), 120, focused=True)).endswith("✗ 1 fail  … 1 asked")


def test_after_the_end_nothing_is_being_asked() -> None:
    over = Asked("of shop-api", QUESTIONS, answered().answers, done=True)
    assert "? not asked" in text(answer_lines(over, 0, 100.0, 120)[0][-1])
    assert "asked" not in text(heading(over, 120, focused=False))


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_its_word(outcome: Outcome) -> None:
    lines, _ = answer_lines(answered(outcome), 1, 100.0, 120)
    assert outcome.value in text(lines[0])


@pytest.mark.parametrize("width", [30, 60, 80, 140, 200])
def test_nothing_is_wider_than_there_is_room(width: int) -> None:
    lines, _ = answer_lines(answered(message="long words " * 40), 0, 100.0, width)
    assert all(line_width(line) <= max(width, 34) for line in lines)


def test_where_nothing_is_proposed_that_is_said() -> None:
    lines, places = answer_lines(Asked("of host", (), {}), 0, 0.0, 100)
    assert ("nothing is proposed here" in text(lines[0]), places) == (True, [])
