"""Questions: how words are found, ranked and explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guides.writing import guide
from triage_tui.guides.library import Library
from triage_tui.guides.places import shipped
from triage_tui.guides.words import stem, telling, words

LIBRARY = Library([shipped()], None)
"""The guides that ship; nothing is read before the first question."""


def library(folder: Path, **titles: str) -> Library:
    """A library of entries with these titles."""
    for name, title in titles.items():
        guide(folder, f"all/{name}", title=title)
    return Library([folder], None)


def found(library: Library, question: str, *, typing: bool = False) -> list[str]:
    """The names of what is found."""
    return [hit.row.id.partition("/")[2] for hit in library.search(question, typing=typing)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OutOfMemoryError", ["out", "of", "memory", "error", "outofmemoryerror"]),
        ("maxmemory_policy", ["maxmemory", "policy", "maxmemorypolicy"]),
        ("HTTPServer", ["http", "server", "httpserver"]),
        ("pg_dump -Fc", ["pg", "dump", "pgdump", "fc"]),
        ("Größe über", ["größe", "über"]),
        ("", []),
    ],
)
def test_words_come_whole_and_in_their_parts(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "family",
    [
        "refuse refuses refused refusing", "connect connects connected connection connections", "queue queues queued",
        "migrate migration migrations", "crash crashes crashed crashing", "policy policies", "stop stopped stopping",
        "process processes", "database databases", "time times timed",
    ],
)  # fmt: skip
def test_endings_do_not_matter(family: str) -> None:
    assert len({stem(word) for word in family.split()}) == 1


def test_different_words_stay_different() -> None:
    assert (
        len(
            {
                stem(word)
                for word in ["server", "serve", "status", "state", "access", "string", "sting", "lock", "log"]
            }
        )
        == 9
    )


def test_words_that_say_nothing_are_left_out_unless_nothing_else_is_said() -> None:
    assert telling("why is the disk so full") == ["disk", "full"]
    assert telling("what is it") == ["what", "is", "it"]


def test_one_word_of_many_is_enough_and_the_title_counts_most(tmp_path: Path) -> None:
    guides = library(tmp_path, a="Redis is full", b="Printer burns")
    guide(tmp_path, "all/c", body="\n## Fix\n\nredis redis redis redis\n", title="Something else")
    assert found(guides, "our redis does strange things tonight") == ["a", "c"]


def test_a_word_in_most_entries_still_counts(tmp_path: Path) -> None:
    guides = library(tmp_path, a="Redis is slow", b="Redis burns", c="Redis drowns", d="Queues")
    assert set(found(guides, "redis")) == {"a", "b", "c"}


def test_synonyms_find_and_rank_below_the_word_itself(tmp_path: Path) -> None:
    guides = library(tmp_path, a="The database is slow", b="Postgres is slow", c="Printer")
    assert found(guides, "postgres slow") == ["b", "a"]
    assert found(guides, "out of memory") == []
    guide(tmp_path, "all/d", title="OOM in the kernel")
    guides.refresh()
    assert found(guides, "out of memory") == ["d"]


@pytest.mark.parametrize(
    "typed", ["conection refused", "connecton refused", "connection refsued", "cnonection"]
)
def test_typos_are_forgiven_and_said(tmp_path: Path, typed: str) -> None:
    guides = library(tmp_path, a="Connection refused", b="Printer burns")
    (hit,) = guides.search(typed)
    assert hit.row.id == "all/a"
    assert any("read as" in reason for reason in hit.why)


@pytest.mark.parametrize("typed", ["co", "connec", "connectio", "connection ref", "refused conn"])
def test_the_last_word_may_be_a_beginning_while_it_is_typed(tmp_path: Path, typed: str) -> None:
    guides = library(tmp_path, a="Connection refused", b="Printer burns")
    assert found(guides, typed, typing=True)[0] == "a"


def test_a_beginning_that_looks_like_an_empty_word_is_looked_for(tmp_path: Path) -> None:
    guides = library(tmp_path, a="Foreign keys", b="Printer burns")
    assert found(guides, "for", typing=True) == ["a"]


def test_each_hit_says_why_and_shows_a_line(tmp_path: Path) -> None:
    guide(
        tmp_path,
        "all/a",
        "tags: [kernel]",
        body="\n## Fix\n\nNothing.\n\n1. Remove old snapshots first.\n",
        title="Disk",
    )
    (hit,) = Library([tmp_path], None).search("kernel disk snapshots")
    assert hit.why == ("disk in the title", "kernel among its tags", "snapshots in the text")
    assert hit.snippet == "Remove old snapshots first."


@pytest.mark.parametrize(
    "question",
    ["", " ", '"', "AND OR NOT", "a*b NEAR(", "title:x -y ^z", "'; drop table words; --", "\0", "（）"],
)
def test_no_question_is_a_syntax_error(question: str) -> None:
    assert isinstance(LIBRARY.search(question), list)


@given(st.text(max_size=120))
def test_any_text_may_be_asked(question: str) -> None:
    for hit in LIBRARY.search(question, typing=True):
        assert hit.why
        assert hit.score > 0
