"""Who is freed, and what a duration says."""

from __future__ import annotations

import pytest

from triage_tui.actions.act import Refused
from triage_tui.actions.postgres.idle import seconds
from triage_tui.actions.postgres.line import shown_statement, statement
from triage_tui.actions.postgres.preview import behind


def test_who_waits_directly_or_through_others() -> None:
    assert behind(1, {2: (1,), 3: (2,), 4: (9,), 5: (3, 9)}) == {2, 3, 5}
    assert behind(1, {}) == set()


def test_a_deadlock_is_gone_through_once() -> None:
    assert behind(1, {1: (2,), 2: (1,), 3: (2,)}) == {2, 3}


@pytest.mark.parametrize(
    ("text", "value"), [("90", 90), ("90s", 90), ("5m", 300), ("1.5h", 5400), (" 2 d ", 172_800)]
)
def test_durations(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize("text", ["", "m", "-5m", "5 weeks", "1e9", "٣m", "1" * 30])
def test_no_durations(text: str) -> None:
    with pytest.raises(Refused):
        seconds(text)


@pytest.mark.parametrize("name", ["cancel", "terminate", "terminate_idle"])
def test_identity_is_part_of_every_statement_that_signals(name: str) -> None:
    text = statement(name)
    assert "backend_start = %(backend_start)s" in text
    assert "pid <> pg_backend_pid()" in text
    shown = shown_statement(name, {"pid": 7, "backend_start": "t", "query_start": "q", "idle_since": "i"})
    assert "%(" not in shown
    assert "\n" not in shown
    assert "--" not in shown
