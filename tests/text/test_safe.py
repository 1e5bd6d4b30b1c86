"""The one door: what it lets through once it lets through again, and what it changes it never keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.text import safe
from triage_tui.text.safe import PLAIN_CHARACTERS, PLAIN_TEXTS, _plain


@given(st.text(max_size=2 * PLAIN_CHARACTERS), st.integers(0, 40))
def test_the_second_time_is_as_the_first(text: str, limit: int) -> None:
    fresh = safe(text.encode("utf-8", "surrogatepass"), limit=limit)
    assert safe(text, limit=limit) == safe(text, limit=limit)
    if text.isprintable():
        assert safe(text, limit=limit) == fresh


def test_what_is_remembered_is_cut_all_the_same() -> None:
    assert safe("a-name-that-is-known") == "a-name-that-is-known"
    assert safe("a-name-that-is-known", limit=6) == "a-nam…"


@pytest.mark.parametrize("secret", ["postgresql://app:hunter2@db/shop", "password=hunter2", "\x1b[31mred"])
def test_nothing_that_was_changed_is_kept(secret: str) -> None:
    assert safe(secret) != secret
    assert secret not in _plain


def test_memory_is_bounded() -> None:
    for number in range(3 * PLAIN_TEXTS):
        safe(f"container-{number}")
    assert len(_plain) <= PLAIN_TEXTS
    longer = "x" * (PLAIN_CHARACTERS + 1)
    assert safe(longer) == longer
    assert longer not in _plain
