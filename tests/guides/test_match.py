"""Error lines: masked, matched, and honestly not matched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.guides.writing import guide
from triage_tui.guides.library import Library
from triage_tui.guides.mask import mask
from triage_tui.guides.pattern import PatternError, pattern, plain
from triage_tui.guides.places import shipped

LIBRARY = Library([shipped()], None)
"""The guides that ship; nothing is read before the first line."""


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("user a.b@c.org wrote", "user <email> wrote"),
        ("GET http://h:1/x?y=1 failed", "GET <url> failed"),
        ("redis:6379 and 10.0.0.5:80 and ::1", "<host> and <ip> and <ip>"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id <uuid>"),
        ("sha256:" + "a1" * 32, "<sha>"),
        ("container 5a01e12aa485 of", "container <sha> of"),
        ("2026-11-26T02:10:44.120Z x", "<date> x"),
        ("2026/11/26 10:00:01 x", "<date> x"),
        ("26/Nov/2026:10:00:01 x", "<date> x"),
        ("Nov 26 02:10:44 host", "<date> host"),
        ("took 35ms or 2.5 seconds", "took <duration> or <duration>"),
        ("at 0x7ffee0 of", "at <hex> of"),
        ("12.5 MB", "<size>"),
        ("pid 4321, -3 and 2.5", "pid <num>, <num> and <num>"),
        ("name='some thing' x=\"y\"", "name=<value> x=<value>"),
        ("web-1234", "web-<num>"),
        ("plain words   only", "plain words only"),
    ],
)
def test_what_varies_is_masked(line: str, masked: str) -> None:
    assert mask(line) == masked


@pytest.mark.parametrize(
    "line",
    [
        "exited with code 137",
        "exit status 1",
        "Exited (137)",
        "[Errno 111] refused",
        "killed by signal 9",
        "HTTP/1.1 502",
        '"GET / HTTP/1.1" 429',
        "status code: 413",
        "502 Bad Gateway",
        "SQLSTATE[23505]",
        "FATAL: 53300: too many",
        "relation 42P01",
        "Error 111 connecting",
    ],
)
def test_what_is_the_message_stays(line: str) -> None:
    assert mask(line) == line


@given(st.text(max_size=300))
def test_masking_twice_changes_nothing_that_is_masked(line: str) -> None:
    assert mask(line).count("<num>") <= mask(line).count("<")


@pytest.mark.parametrize(
    ("source", "literals"),
    [
        ("OOM command", ("oom command",)),
        (r"\bport (\d+) is taken\b", (" is taken",)),
        ("(alpha|beta)+ x", ("alpha", "beta")),
        ("colou?r scheme", ("r scheme",)),
        (r"\d+", ()),
        ("a|bcd", ()),
        ("(?:lost connection)?", None),
        (r"K\u212aelvin", ("kkelvin",)),
    ],
)
def test_what_a_line_has_to_hold_is_known_beforehand(source: str, literals: tuple[str, ...] | None) -> None:
    if literals is None:
        with pytest.raises(PatternError):
            pattern(source)
    else:
        assert pattern(source).literals == literals


@pytest.mark.parametrize(
    "source", ["(a+)+", "(a|b*)*c", "(.*x)*y", r"(\w+\s?)+$", "((ab)*)*", "(x*", "", "x*"]
)
def test_expressions_that_can_take_for_ever_or_find_everything_are_refused(source: str) -> None:
    with pytest.raises(PatternError):
        pattern(source)


@pytest.mark.parametrize("source", [r"module '(shared)(\.\w+)*'", r"a(,\d+)*b", r"x{2,5}y+z*a"])
def test_repeats_with_one_way_to_be_found_are_run(source: str) -> None:
    assert pattern(source).weight >= 1


@given(st.text(alphabet="abcXYZ019 ._-'\"()", min_size=1, max_size=40), st.text(max_size=40))
def test_a_plain_text_is_found_wherever_it_stands(text: str, around: str) -> None:
    if not text.split():
        return
    one = plain(text)
    line = f"{around} {text.upper()} {around}"
    assert one.may_be_in(line.lower())
    assert one.search(line) is not None


def test_a_signature_wins_and_says_what_it_found(tmp_path: Path) -> None:
    guide(tmp_path, "a/wide", "signatures: [{text: connection refused}]")
    guide(tmp_path, "a/narrow", "signatures: [{regex: 'redis.*connection\\s+refused'}]\nnot: [sentinel]")
    guides = Library([tmp_path], None)
    first, second = guides.match("10:00 Redis:6379 Connection  refused")
    assert (first.row.id, first.how, second.row.id) == ("a/narrow", "signature", "a/wide")
    assert "Redis:6379 Connection refused" in first.why[0]
    assert [one.row.id for one in guides.match("redis sentinel connection refused")] == ["a/wide"]


def test_a_line_of_a_paste_is_found_and_the_last_of_equals_counts(tmp_path: Path) -> None:
    guide(tmp_path, "a/one", "signatures: [{text: database is locked}]")
    pasted = "Traceback (most recent call last):\n  File x\nOperationalError: database is locked"
    pasted += "\n\ndone\ndatabase is locked"
    (match,) = Library([tmp_path], None).match(pasted)
    assert (match.line, match.text) == (6, "database is locked")


def test_a_line_like_an_example_is_found_without_a_signature(tmp_path: Path) -> None:
    guide(
        tmp_path,
        "a/one",
        "signatures: [{text: no such thing here}]\n"
        "examples: {matches: ['worker 17 lost its lease on shard 4 after 30s, giving up'], misses: [x]}",
    )
    guide(tmp_path, "a/two", title="Another")
    guides = Library([tmp_path], None)
    (match,) = guides.match("2026-01-01T00:00:00Z worker 3 lost its lease on shard 9 after 45s, giving up")
    assert (match.how, match.row.id) == ("alike", "a/one")
    assert guides.match("worker 3 started on shard 9") == []


def test_a_line_that_denies_is_not_like_one_that_does_not(tmp_path: Path) -> None:
    guide(tmp_path, "a/one", "signatures: [{text: the running event loop of this thread was found again}]")
    guides = Library([tmp_path], None)
    assert guides.match("a running event loop of this thread was found again")
    assert guides.match("no running event loop of this thread was found again") == []


@pytest.mark.parametrize("line", ["", " \n \n", "everything is fine", "\0", "no", "1 2 3", "=" * 5000])
def test_no_match_is_an_answer(line: str) -> None:
    assert LIBRARY.match(line) == []


def test_secrets_of_a_line_are_not_repeated(tmp_path: Path) -> None:
    guide(tmp_path, "a/one", "signatures: [{regex: 'cannot open \\S+'}]")
    (match,) = Library([tmp_path], None).match("cannot open redis://:hunter2secret@cache:6379")
    assert "hunter2secret" not in f"{match.text}{match.why}"


@given(st.text(max_size=300))
def test_any_text_may_be_pasted(pasted: str) -> None:
    for match in LIBRARY.match(pasted):
        assert match.why
