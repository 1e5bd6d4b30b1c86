"""Lint: each kind of mistake is told, at its line, and what is right is left alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.guides.writing import BODY, guide
from triage_tui.guides import runs
from triage_tui.guides.lint import Report, lint

TODAY = date(2026, 6, 1)


def examine(folder: Path, **how: frozenset[int]) -> Report:
    """The report on a folder, on a fixed day."""
    return lint([folder], today=TODAY, **how)


def test_a_good_entry_has_no_remark(tmp_path: Path) -> None:
    guide(
        tmp_path,
        "redis/writes-refused",
        "findings: [redis.writes-refused]\n"
        "signatures:\n  - text: OOM command not allowed\n"
        "not: [Background saving]\n"
        "symptoms:\n  - {signal: redis.memory_ratio, op: '>=', value: 0.95}\n"
        "causes:\n  - {id: policy, text: nothing may go, supports: [memory]}\n"
        "checks:\n  - {id: memory, probe: redis.memory}\n"
        "actions:\n  - {action: docker.restart, target: '{worker}', params: {worker: {from: containers}}, risk: low}\n"
        "verify:\n  - {signal: redis.memory_ratio, op: '<', value: 0.8}\n"
        "related: [redis/other]\n"
        "examples: {matches: [OOM command not allowed when used], misses: [OOM killer]}\n",
    )
    guide(tmp_path, "redis/other")
    report = examine(tmp_path)
    assert report.remarks == ()
    assert (report.entries, report.files) == (2, 2)


@pytest.mark.parametrize(
    ("front", "line", "said"),
    [
        (
            "symptoms: [{signal: redis.memory_ration, op: '>', value: 1}]",
            4,
            "did you mean `redis.memory_ratio`",
        ),
        ("verify: [{signal: nothing.alike, op: '>', value: 1}]", 4, "unknown signal `nothing.alike`"),
        ("findings: [redis.write-refused]", 4, "did you mean `redis.writes-refused`"),
        ("checks:\n  - {id: a, probe: redis.memori}", 5, "did you mean `redis.memory`"),
        ("checks:\n  - {id: a, probe: docker.restart}", 5, "it is an action, not a check"),
        ("checks:\n  - {id: a}", 5, "either a `probe` or an `argv`"),
        ("checks:\n  - {id: a, argv: [sh, -c, 'ls | wc']}", 5, "never a line for a shell"),
        ("checks:\n  - {id: a, argv: [redis-cli, FLUSHALL]}", 5, "`FLUSHALL` changes something"),
        ("checks:\n  - {id: a, argv: [psql, -c, 'drop table x']}", 5, "`drop` changes something"),
        ("actions:\n  - {action: docker.restrat}", 5, "did you mean `docker.restart`"),
        ("actions:\n  - {action: redis.memory}", 5, "it is a check, not an action"),
        ("actions:\n  - {argv: [make, '{what}']}", 5, "`{what}` is not declared"),
        ("actions:\n  - {argv: [make], params: {what: {from: queues}}}", 5, "declared and not used"),
        ("causes:\n  - {id: a, text: b, supports: [c]}", 5, "unknown check `c`"),
        (
            "checks:\n  - {id: c, probe: redis.ping}\ncauses:\n  - {id: a, text: b, supports: [c], refutes: [c]}",
            7,
            "supports this cause and refutes it",
        ),
        ("related: [a/othre]", 4, "dead link: unknown entry `a/othre`; did you mean `a/other`"),
        ("related: [a/b]", 4, "related to itself"),
        ("related: [a/other, a/other]", 4, "twice"),
        ("signatures:\n  - {text: some error}", 4, "without an example"),
        (
            "signatures:\n  - {text: x, regex: y}\nexamples: {matches: [x], misses: [y]}",
            5,
            "either `text` or `regex`",
        ),
        ("signatures:\n  - {regex: '('}\nexamples: {matches: [x], misses: [y]}", 5, "no regular expression"),
        ("signatures:\n  - {regex: '(a+)+b'}\nexamples: {matches: [aab], misses: [y]}", 5, "take for ever"),
        ("signatures:\n  - {regex: 'b*'}\nexamples: {matches: [aab], misses: [y]}", 5, "found in every line"),
        (
            "signatures:\n  - {regex: '\\d\\d\\d'}\nexamples: {matches: ['404'], misses: [y]}",
            5,
            "asks for so little",
        ),
        (
            "signatures:\n  - {text: abcd}\nexamples: {matches: [abcd, other], misses: [y]}",
            6,
            "no signature is found",
        ),
        (
            "signatures:\n  - {text: abcd}\n  - {text: efgh}\nexamples: {matches: [abcd], misses: [y]}",
            6,
            "unreachable",
        ),
        (
            "signatures:\n  - {text: abcd}\nnot: [zzz]\nexamples: {matches: [abcd, abcd zzz], misses: [y]}",
            7,
            "`not` excludes it",
        ),
        (
            "signatures:\n  - {text: abcd}\nexamples: {matches: [abcd], misses: [an abcd]}",
            6,
            "this example must miss",
        ),
        ("not: ['(']", 4, "no regular expression"),
        ("impact: connect with redis://:hunter2@cache:6379", 4, "a secret stands here"),
        ("impact: PGPASSWORD=Winter psql", 4, "a secret stands here"),
        ("severity: urgent", 4, "none of info, warning, critical"),
        ("tag: [x]", 4, "did you mean `tags`"),
    ],
)
def test_each_mistake_is_told_at_its_line(tmp_path: Path, front: str, line: int, said: str) -> None:
    guide(tmp_path, "a/other")
    path = guide(tmp_path, "a/b", front)
    told = [(remark.path, remark.line) for remark in examine(tmp_path).mistakes if said in remark.message]
    assert (str(path), line) in told, examine(tmp_path).remarks


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("\n## Checks\nx\n## Fix\ny\n", 2, "missing verify"),
        ("\n## Checks\nx\n## Verify\ny\n", 8, "the section `Fix` is missing"),
        (BODY + "\n## Preventions\nz\n", 20, "did you mean `Prevention`"),
        (BODY + "\n## Fix\nz\n", 20, "stands here twice"),
        ("\n## Checks\n## Fix\nx\n## Verify\ny\n", 8, "the section `Checks` is empty"),
        (BODY + "\nAKIAIOSFODNN7EXAMPLE\n", 20, "a secret stands here"),
    ],
)
def test_mistakes_of_the_body_are_told_at_their_line(tmp_path: Path, body: str, line: int, said: str) -> None:
    path = guide(tmp_path, "a/b", body=body)
    assert [(r.path, r.line) for r in examine(tmp_path).mistakes if said in r.message] == [(str(path), line)]


@pytest.mark.parametrize(
    "line",
    [
        "redis://:PASSWORD@cache:6379",
        "redis://:${REDIS_PASSWORD}@cache",
        "PGPASSWORD=<password> psql",
        "password = 'your-password'",
        "Authorization: Bearer $TOKEN",
        "put requirepass into the file",
    ],
)
def test_placeholders_are_no_secrets(tmp_path: Path, line: str) -> None:
    guide(tmp_path, "a/b", body=f"{BODY}\n{line}\n")
    assert examine(tmp_path).remarks == ()


def test_signatures_of_two_entries_on_one_line_are_ambiguous(tmp_path: Path) -> None:
    front = "signatures:\n  - {{text: {}}}\nexamples: {{matches: [connection refused by db], misses: [x]}}"
    guide(tmp_path, "a/narrow", front.format("connection refused by db"))
    guide(tmp_path, "a/wide", front.format("connection refused"))
    (remark,) = examine(tmp_path).mistakes
    assert remark.path.endswith("a/wide.md")
    assert "ambiguous: this example fits a/narrow better" in remark.message
    guide(tmp_path, "a/wide", front.format("connection refused by db"))
    assert ["just as well" in remark.message for remark in examine(tmp_path).mistakes] == [True, True]


@pytest.mark.parametrize(
    ("line", "said"),
    [("last_verified: 2025-05-31", "more than a year ago"), ("last_verified: 2026-07-01", "not over yet")],
)
def test_what_was_verified_too_long_ago_is_advice(tmp_path: Path, line: str, said: str) -> None:
    guide(tmp_path, "a/b", line)
    report = examine(tmp_path)
    assert [said in remark.message for remark in report.remarks] == [True]
    assert report.mistakes == ()


def test_the_id_is_where_the_file_is(tmp_path: Path) -> None:
    guide(tmp_path, "a/b").rename(tmp_path / "a" / "c.md")
    assert ["`a/c`" in remark.message for remark in examine(tmp_path).mistakes] == [True]
    guide(tmp_path, "a/b").rename(tmp_path / "a" / "d.md")
    assert any("is that of" in remark.message for remark in examine(tmp_path).mistakes)


def test_files_that_are_no_guides_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "binary.md").write_bytes(b"\0\1\2")
    (tmp_path / "a" / "bare.md").write_text("# A page\n")
    (tmp_path / "a" / "README.md").write_text("# Not a guide\n")
    (tmp_path / "a" / "gone.md").symlink_to(tmp_path / "nowhere")
    said = {Path(remark.path).name: remark.message for remark in examine(tmp_path).remarks}
    assert "binary" in said["binary.md"]
    assert "front matter" in said["bare.md"]
    assert "README.md" not in said


def test_nine_words_in_a_row_of_an_original_are_told_but_not_what_programs_say(tmp_path: Path) -> None:
    sentence = "When the pump stops, close the valve and call the keeper at once."
    copied = " ".join(f"{word}," for word in sentence.replace(",", "").lower().split())
    original = tmp_path / "original.hashes"
    assert runs.dump([sentence], original) == 5
    hashes = runs.load(original)
    path = guide(
        tmp_path,
        "a/b",
        f"signatures:\n  - text: {sentence}\nexamples: {{matches: ['{sentence}'], misses: [y]}}",
        body=f"{BODY}\nfirst\n{copied}\nlast\n",
    )
    assert [(r.path, r.line) for r in examine(tmp_path, originals=hashes).mistakes] == [(str(path), 24)]
    assert examine(tmp_path, originals=hashes - hashes).mistakes == ()


def test_entries_beside_may_be_linked_to(tmp_path: Path) -> None:
    guide(tmp_path / "ours", "a/b", "related: [c/d]")
    guide(tmp_path / "theirs", "c/d", "severity: urgent")
    assert len(examine(tmp_path / "ours").mistakes) == 1
    guide(tmp_path / "theirs", "c/d")
    assert lint([tmp_path / "ours"], today=TODAY, beside=[tmp_path / "theirs"]).mistakes == ()
