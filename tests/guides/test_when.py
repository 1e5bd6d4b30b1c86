"""The expressions of `when`: read, never run by Python, and honest about what is unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.guides.when import MAX_DEPTH, MAX_LENGTH, ExpressionError, parse

ANSWERS = {"value": "noeviction", "ratio": 0.95, "count": 3, "text": "16384", "on": True, "keys": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value == 'noeviction'", True),
        ('value != "noeviction"', False),
        ("ratio >= 0.9 and count < 4", True),
        ("ratio < 0.9 or count == 3", True),
        ("not ratio < 0.9", True),
        ("not not on", True),
        ("value in ['noeviction', 'volatile-lru']", True),
        ("value not in ['allkeys-lru']", True),
        ("'evict' in value", True),
        ("'a' in keys", True),
        ("'c' not in keys", True),
        ("text == 16384", True),
        ("text > 16000", True),
        ("count == -3", False),
        ("(ratio > 1 or on) and count == 3", True),
        ("on", True),
        ("on == true", True),
        ("else", True),
        ("missing == null", True),
        ("count != none", True),
    ],
)
def test_what_is_known_is_true_or_false(text: str, expected: bool) -> None:
    assert parse(text).holds(ANSWERS) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("missing == 1", None),
        ("missing > 1", None),
        ("not missing", None),
        ("missing or on", True),
        ("missing and on", None),
        ("missing and not on", False),
        ("missing in ['a']", None),
        ("value > 3", None),
        ("value", None),
        ("ratio == nan", None),
    ],
)
def test_what_is_unknown_stays_unknown_and_never_decides(text: str, expected: bool | None) -> None:
    assert parse(text).holds(ANSWERS) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "value ==",
        "== 1",
        "value = 1",
        "1",
        "'text'",
        "value == 'open",
        "a < b < c",
        "(on",
        "on)",
        "value in [1, ",
        "value in [a]",
        "not",
        "value not 3",
        "__import__('os')",
        "value.__class__()",
        "a; b",
        "else or on",
        "x" * (MAX_LENGTH + 1),
        "(" * (MAX_DEPTH + 1) + "on" + ")" * (MAX_DEPTH + 1),
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


def test_it_knows_the_names_that_it_asks_for() -> None:
    assert parse("a.b == 1 and not (c in ['x'] or d)").names() == {"a.b", "c", "d"}


@given(st.text(alphabet="ab.()[]'\" =<>!,-01nortdi", max_size=80))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        expression = parse(text)
    except ExpressionError:
        return
    assert expression.holds({}) in (True, False, None)
    assert expression.holds(dict.fromkeys(expression.names(), "1")) in (True, False, None)
