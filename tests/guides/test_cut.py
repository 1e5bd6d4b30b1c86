"""Lines whose end is lost: known by most of a signature, where they end within it, and not by less."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guides.writing import guide
from triage_tui.guides.cut import MIN_WEIGHT, cut
from triage_tui.guides.files import find, text_of
from triage_tui.guides.library import Library
from triage_tui.guides.parse import parse
from triage_tui.guides.pattern import PatternError, pattern, plain
from triage_tui.guides.places import shipped
from triage_tui.guides.signed import signed

TEXT = "current transaction is aborted, commands ignored"


def finds(source: str, line: str) -> bool:
    """Whether a signature knows a line by its beginning."""
    return any(one.may_be_in(line.lower()) and one.search(line) is not None for one in cut(pattern(source)))


@pytest.mark.parametrize("end", range(25, len(TEXT)))
def test_a_line_that_ends_within_a_signature_is_found(end: int) -> None:
    (one,) = cut(plain(TEXT))
    assert one.search(f"ERROR:  {TEXT[:end]}") is not None


@pytest.mark.parametrize(
    "line", ["current trans", "current transaction was well", f"{TEXT[:30]} and goes on", ""]
)
def test_less_is_not_enough_and_neither_is_a_line_that_goes_on_otherwise(line: str) -> None:
    (one,) = cut(plain(TEXT))
    assert one.search(line) is None


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (r'database "[^"]+" does not exist', 'FATAL: database "orders" does not e'),
        (
            r"certificate verify failed: (self signed|unable to get issuer)",
            "certificate verify failed: unable to g",
        ),
        (r"short|no more connections allowed \(max\)", "no more connections allo"),
        (r"could not (extend|write) file \S+: No space", "could not extend file base/1/2: No"),
    ],
)
def test_expressions_are_cut_as_well(source: str, line: str) -> None:
    assert finds(source, line)


@pytest.mark.parametrize("source", ["short", r"(\w+) is not \1 but another word", r"\d+ \d+ \d+"])
def test_what_asks_for_little_or_refers_back_is_not_cut(source: str) -> None:
    assert cut(pattern(source)) == []


def test_where_anything_may_stand_no_line_is_cut() -> None:
    source = "Error response from the daemon: .*no space left"
    assert not finds(source, "Error response from the daemon: ports are not available")
    assert finds(source, "Error response from the dae")


def test_every_cut_of_the_guides_that_ship_is_an_expression() -> None:
    entries = [parse(text_of(Path(one.path))).entry for one in find(shipped())]
    every = [each for entry in entries if entry for one in signed(entry.front).patterns for each in cut(one)]
    assert len(every) > 300
    for one in every:
        re.compile(one.source, re.IGNORECASE | re.MULTILINE)
        assert one.weight >= MIN_WEIGHT


@given(st.text(alphabet=r"abc (|)\.*+?{1,}^$", min_size=1, max_size=40))
def test_whatever_may_be_run_may_be_cut(source: str) -> None:
    try:
        whole = pattern(source)
    except PatternError:
        return
    for one in cut(whole):
        one.search("abc abc")


def test_a_cut_line_is_matched_and_says_how(tmp_path: Path) -> None:
    guide(tmp_path, "a/aborted", f"signatures: [{{text: '{TEXT}'}}]\nnot: [rollback]")
    guides = Library([tmp_path], None)
    (match,) = guides.match(f"ERROR:  {TEXT[:-6]}")
    assert (match.how, match.row.id) == ("cut", "a/aborted")
    assert 0.8 <= match.score < 0.9
    assert "ends within" in match.why[0]
    assert guides.match(f"rollback {TEXT[:-6]}") == []
