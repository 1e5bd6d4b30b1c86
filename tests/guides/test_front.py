"""Front matter: YAML by its events, each value with its line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.guides.front import MAX_DEPTH, FrontError, Node, read, split


def test_a_file_is_parted() -> None:
    parts = split("---\nid: a/b\n---\n## Fix\n")
    assert (parts.front, parts.body, parts.body_line) == ("id: a/b\n", "## Fix\n", 4)


@pytest.mark.parametrize("text", ["", "# Title\n", "--- \ntext without an end\n", "text\n---\na: b\n---\n"])
def test_a_file_without_front_matter_is_all_body(text: str) -> None:
    assert split(text).front == ""
    assert split(text).body == text


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    parts = split("\ufeff---\r\nid: a/b\r\n---\r\nbody\r\n")
    assert read(parts.front).plain() == {"id": "a/b"}
    assert parts.body == "body\r\n"


def test_values_are_what_they_look_like() -> None:
    tree = read(
        "a: 1\nb: 0.5\nc: true\nd: no\ne: '1'\nf: 2026-01-10\ng: ~\nh: 1e3\ni: [x, {y: on}]\nj: 0755\n"
    )
    assert tree.plain() == {
        "a": 1, "b": 0.5, "c": True, "d": "no", "e": "1", "f": date(2026, 1, 10), "g": None, "h": 1000.0,
        "i": ["x", {"y": "on"}], "j": 755.0,
    }  # fmt: skip


def test_every_value_knows_its_line() -> None:
    tree = read("id: a/b\nsymptoms:\n  - {signal: x,\n     op: '>'}\n  - signal: y\n")
    assert tree.at("symptoms").line == 3
    assert tree.at("symptoms", 0, "op").line == 5
    assert tree.at("symptoms", 1, "signal").line == 6
    assert tree.at("symptoms", 1, "missing").line == 6
    assert tree.at("symptoms", 9).line == 3


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\na: 2\n", 3, "twice"),
        ("a: &x 1\nb: *x\n", 2, "anchors"),
        ("a: *x\n", 2, "aliases"),
        ("a: !!python/object:os.system x\n", 2, "tags"),
        ("a: !x y\n", 2, "tags"),
        ("- a\n", 2, "table"),
        ("a: [1\n", 3, "no YAML"),
        ("? [a]\n: b\n", 2, "a key has to be a word"),
        ("a: " + "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), 2, "levels deep"),
        ("- " * 5000, 2, "levels deep"),
        ("a: \x07\n", 2, "character"),
        ("a: 1\n--- \nb: 2\n", 4, "second document"),
        ("a: " + "x" * 70_000, 2, "larger"),
    ],
    ids=range(13),
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(FrontError, match=said) as raised:
        read(text)
    assert raised.value.line == line


@given(st.text(max_size=200) | st.text(alphabet="ab:- \n[]{},'\"&*!#|>0", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree = read(text)
    except FrontError:
        return
    assert isinstance(tree, Node)
    assert isinstance(tree.plain(), dict)
