"""Pens: SGR parameters read, and the way from one pen to another."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.ui.terminal.pens import after, change

codes = st.sampled_from(
    ["0", "1", "2", "3", "4", "7", "9", "22", "23", "24", "27", "29", "30", "37", "39", "40", "49", "97", "107",
     "38;5;3", "48;5;200", "38;2;1;2;3", "48;2;0;0;0"]
)  # fmt: skip
parameters = st.lists(codes, max_size=4).map(";".join)


@given(parameters, parameters)
def test_a_change_leads_where_it_should(first: str, second: str) -> None:
    """Applying the change to the old pen gives the new one."""
    old, new = after(0, first), after(0, second)
    sequence = change(old, new)
    if old == new:
        assert sequence == ""
        return
    match = re.fullmatch(r"\x1b\[([0-9;]*)m", sequence)
    assert match is not None
    assert after(old, match[1]) == new


@given(parameters)
def test_a_change_from_the_unknown_starts_from_nothing(wanted: str) -> None:
    """Whatever the terminal holds, the result is the wanted pen."""
    pen = after(0, wanted)
    match = re.fullmatch(r"\x1b\[([0-9;]*)m", change(None, pen))
    assert match is not None
    for held in ("0", "1;31;42", "3;4;7;9"):
        assert after(after(0, held), match[1]) == pen


@given(st.text(alphabet="0123456789;", max_size=30))
def test_any_parameters_are_survived(text: str) -> None:
    """Unknown, unfinished and absurd parameters change nothing that matters."""
    assert isinstance(after(0, text), int)


@pytest.mark.parametrize("parameters", ["5", "6", "8"])
def test_nothing_may_blink_or_hide(parameters: str) -> None:
    """These parameters make no pen."""
    assert after(0, parameters) == 0


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("38;2;255;95;95", "38;5;203"),
        ("48;2;18;18;18", "48;5;233"),
        ("38;2;255;255;255", "38;5;231"),
        ("38;2;0;0;0", "38;5;16"),
        ("38;2;1;2;3", "38;2;1;2;3"),
        ("48;2;238;238;238", "48;5;255"),
    ],
)
def test_true_colours_of_the_cube_are_sent_by_number(long: str, short: str) -> None:
    """xterm's 256 colours: a 6×6×6 cube from 16, 24 greys from 232."""
    assert change(0, after(0, long)) == f"\x1b[{short}m"
