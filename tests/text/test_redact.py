"""No secret of the corpus gets through, and hardly any innocent line is touched."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage_tui.text
from tests.text.corpus import everything, pieces_of
from triage_tui.text import REDACTED, redact, redact_url, safe

BENIGN = [
    line
    for line in (Path(__file__).parent / "fixtures" / "benign.txt").read_text("utf-8").splitlines()
    if line and not line.startswith("# ")
]
ALTERED_AT_MOST = 0.01
"""Share of innocent lines that may lose something."""


def leaks(shown: str, text: str, secret: str) -> list[str]:
    """Pieces of the secret that can still be seen, but for those that stand elsewhere in the text as well."""
    return [
        piece
        for piece in pieces_of(secret)
        if piece in shown and text.replace(secret, "").count(piece) < shown.count(piece)
    ]


def test_nothing_of_the_corpus_leaks() -> None:
    """Each text as it comes, and as it enters the model."""
    found = [
        (text, shown)
        for text, secret in everything()
        for shown in (redact(text), safe(text))
        if leaks(shown, text, secret)
    ]
    assert not found, f"{len(found)} leak, the first: {found[:10]}"


def test_the_corpus_is_worth_its_name() -> None:
    """Thousands of texts; an empty one would let everything pass."""
    assert len(everything()) > 3000


def test_what_stands_around_a_secret_stays() -> None:
    """User, host and database are what an engineer needs."""
    assert redact_url("postgresql://app:p@ss@db:5432/shop") == f"postgresql://app:{REDACTED}@db:5432/shop"
    assert (
        redact("PGPASSWORD=x1y2z3 pg_dump -h db -U app shop")
        == f"PGPASSWORD={REDACTED} pg_dump -h db -U app shop"
    )


def test_innocent_lines_stay_as_they_are() -> None:
    """At most one in a hundred of a corpus of realistic logs, statements and commands."""
    assert len(BENIGN) >= 500
    altered = [(line, redact(line)) for line in BENIGN if redact(line) != line]
    assert len(altered) <= ALTERED_AT_MOST * len(BENIGN), altered[:20]


def test_redacting_twice_changes_nothing_more() -> None:
    """Text passes more than one door."""
    changed = [
        (once, redact(once)) for once in {redact(text) for text, _ in everything()} if redact(once) != once
    ]
    assert not changed, f"{len(changed)}, the first: {changed[:5]}"


@given(st.text(max_size=200))
def test_any_text_is_survived(text: str) -> None:
    """Whatever comes, text goes out, and the mark that stands for a secret is left as it is."""
    assert isinstance(redact(text), str)
    assert redact(REDACTED) == REDACTED


@pytest.mark.parametrize(
    "piece",
    [
        "password=", "postgres://a:", "a@b:", "'", '"', "\\\"", "PASSWORD '", "AUTH ", "-p", "token: ", "%3A%2F%2F",
        "-----BEGIN PRIVATE KEY-----", "eyJ", "key=(", "{", "secret=[", "INSERT INTO t (password) VALUES (", "=",
        "authorization: ", "a.b.c:1:", "<password>", "password: |\n  ", "$$", "--password ", "crypt(",
    ],
)  # fmt: skip
def test_time_grows_with_length_and_not_faster(piece: str) -> None:
    """Eight times the text takes about eight times as long: quadratic growth would take sixty-four.

    The shortest of several runs is compared, and a wide margin is left, since machines are busy.
    """

    def shortest(text: str) -> float:
        times = []
        for _ in range(5):
            at = time.process_time()
            redact(text)
            times.append(time.process_time() - at)
        return min(times)

    short = piece * (4_000 // len(piece))
    redact(short)
    assert shortest(short * 8) <= 24 * shortest(short) + 0.02


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Up to 3.11.4, Python matches `(…)*+` wrongly, and secrets get through; atomic groups are right everywhere."""
    places = Path(triage_tui.text.__file__).parent
    patterns = [path.read_text() for path in places.rglob("*.py") if path.name != "rule.py"]
    assert len(patterns) > 5
    assert [re.findall(r".*\)(?:[*+?]|\{+[0-9,]*\}+)\+.*", text) for text in patterns] == [[]] * len(patterns)
