"""Whatever comes becomes one line of visible characters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.text import ascii_only, display_width, fit, safe
from triage_tui.text.sanitise import MAX_MARKS, cut, decode, visible

foreign = (
    st.text(alphabet=st.characters()) | st.binary().map(lambda data: data.decode("latin-1")) | st.binary()
)


def is_visible(character: str) -> bool:
    """It takes a cell, or marks the character before it; a terminal obeys nothing in it."""
    return character.isprintable() and unicodedata.category(character) not in (
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    )


@given(foreign)
def test_everything_becomes_visible(value: str | bytes) -> None:
    """No control, no direction mark, no surrogate, no line break."""
    assert all(is_visible(character) for character in safe(value)), ascii(safe(value))


@given(foreign, st.integers(1, 80))
def test_nothing_grows_beyond_its_limit(value: str | bytes, limit: int) -> None:
    """However long the text, however many placeholders it needs."""
    assert len(safe(value, limit=limit)) <= limit


@given(foreign)
def test_making_visible_twice_changes_nothing_more(value: str | bytes) -> None:
    """What is visible stays as it is."""
    once = visible(decode(value))
    assert visible(once) == once


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\rb", "a␍b"),
        ("a\nb", "a␊b"),
        ("a\tb", "a b"),
        ("a\x00b", "a␀b"),
        ("a\x7fb", "a␡b"),
        ("a\u202eb", "a<U+202E>b"),
        ("a\u200bb", "a<U+200B>b"),
        ("a\u2066b", "a<U+2066>b"),
        ("a\x9b31mb", "a<U+009B>31mb"),
        ("a\ufeffb", "a<U+FEFF>b"),
        ("a\ud800b", "a<U+D800>b"),
        ("a\u3000b", "a b"),
        (b"a\xff\xfeb", "a\ufffd\ufffdb"),
        ("[/foo] [b $x [@click=x]", "[/foo] [b $x [@click=x]"),
        (None, ""),
    ],
)
def test_what_stands_for_what(hostile: str | bytes | None, shown: str) -> None:
    """Controls by their picture, the rest by their code point; markup is text like any other."""
    assert safe(hostile) == shown


def test_a_stack_of_marks_is_cut() -> None:
    """Hundreds of combining characters would paint over the lines above."""
    shown = visible("a" + "\u0301" * 500 + "b")
    assert shown.count("\u0301") <= MAX_MARKS
    assert shown.endswith("b")


def test_a_secret_at_the_border_is_not_left_half() -> None:
    """Text is redacted before it is cut, and what lies at the edge of what is looked at never comes into sight."""
    for padding in range(470, 500):
        shown = safe("x" * padding + " password=hunter2hunter2 tail")
        assert "hunter" not in shown
    shown = safe("password=" + "s3cr3t" * 10_000)
    assert "s3cr3t" not in shown


@given(st.text(max_size=60), st.integers(0, 30))
def test_fitting_is_exact(text: str, width: int) -> None:
    """Also where characters take two cells or none."""
    assert display_width(fit(visible(text), width)) == width


@given(st.text(max_size=60))
def test_ascii_keeps_the_width(text: str) -> None:
    """So that nothing on the screen moves."""
    shown = visible(text)
    plain = ascii_only(shown)
    assert plain.isascii()
    assert display_width(plain) == display_width(shown)


@given(st.text(max_size=60), st.integers(0, 30))
def test_cutting_says_so(text: str, limit: int) -> None:
    """What is missing is marked."""
    shown = cut(text, limit)
    assert len(shown) <= limit
    assert shown == text or not limit or shown.endswith("…")
