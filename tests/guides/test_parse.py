"""Our own format: what is required, what is refused, and what the body's sections are."""

from __future__ import annotations

from datetime import date

import pytest

from triage_tui.guides.entry import Entry
from triage_tui.guides.parse import Parsed, parse
from triage_tui.guides.sections import sections

FULL = """\
---
id: redis/writes-refused
title: Redis refuses writes
services: [redis]
severity: critical
findings: [redis.writes-refused]
signatures:
  - text: "OOM command not allowed when used memory > 'maxmemory'"
  - regex: 'OOM command not allowed'
not: ['Background saving']
symptoms:
  - {signal: redis.memory_ratio, op: '>=', value: 0.95, for: 30s, weight: 3}
causes:
  - {id: no-eviction, text: nothing may be evicted, supports: [policy], refutes: []}
checks:
  - id: policy
    probe: redis.memory
    args: {key: maxmemory-policy, databases: [0, 1]}
    outcomes:
      - {when: "value == 'noeviction'", result: fail, message: "No eviction"}
      - {when: "else", result: pass}
actions:
  - {action: docker.restart, target: "{worker}", params: {worker: {from: containers}}, risk: medium}
verify:
  - {signal: redis.memory_ratio, op: '<', value: 0.8, within: 5m, hold: 1.5h}
prevention: [an alert]
related: [redis/unreachable]
examples: {matches: ["one"], misses: ["two"]}
source: {title: Redis documentation, section: eviction}
owner: us
last_verified: 2026-01-10
---
## Symptoms

Writes fail.

## Fix

More memory.
"""


def read(text: str) -> Entry:
    """The entry of a text that has to be one."""
    parsed = parse(text)
    assert parsed.mistakes == ()
    assert parsed.entry is not None
    return parsed.entry


def test_every_key_of_the_format_is_read() -> None:
    entry = read(FULL)
    front = entry.front
    assert (entry.id, entry.title) == ("redis/writes-refused", "Redis refuses writes")
    assert front.excludes == ("Background saving",)
    assert front.symptoms[0].for_s == 30
    assert (front.verify[0].within_s, front.verify[0].hold_s) == (300, 5400)
    assert front.checks[0].args == {"key": "maxmemory-policy", "databases": (0, 1)}
    assert front.checks[0].outcomes[0].when.holds({"value": "noeviction"}) is True
    assert front.actions[0].params["worker"].from_ == "containers"
    assert front.last_verified == date(2026, 1, 10)
    assert [(section.title, section.line) for section in entry.sections] == [("Symptoms", 33), ("Fix", 37)]


def test_id_and_title_are_enough() -> None:
    assert read("---\nid: a/b\ntitle: 404\n---\n").title == "404"


@pytest.mark.parametrize(
    ("front", "line", "said"),
    [
        ("title: x\n", 2, "`id` is missing"),
        ("id: a/b\ntitle: x\nsignatres: []\n", 4, "unknown key `signatres`; did you mean `signatures`?"),
        (
            "id: a/b\ntitle: x\nverify:\n  - {signal: s, op: '<', value: 1, witin: 3s}\n",
            5,
            "did you mean `within`",
        ),
        ("id: a/b\ntitle: x\nseverity: bad\n", 4, "`bad` is none of info, warning, critical"),
        (
            "id: a/b\ntitle: x\nsymptoms: [{signal: s, op: '=', value: 1}]\n",
            4,
            "symptoms[1].op: `=` is none of",
        ),
        (
            "id: a/b\ntitle: x\nsymptoms: [{signal: s, op: '<', value: high}]\n",
            4,
            "expected a number, found text",
        ),
        (
            "id: a/b\ntitle: x\nverify: [{signal: s, op: '<', value: 1, within: soon}]\n",
            4,
            "a duration like 30s",
        ),
        ("id: a/b\ntitle: x\ntags: one\n", 4, "tags: expected a list, found text"),
        ("id: a/b\ntitle: x\nexamples: [a]\n", 4, "expected a table"),
        ("id: a/b\ntitle: [x]\n", 3, "title: expected text"),
        (
            "id: a/b\ntitle: x\nchecks:\n  - id: c\n    outcomes: [{when: 'x ==', result: pass}]\n",
            6,
            "it ends too early",
        ),
        ("id: a/b\ntitle: x\nlast_verified: yesterday\n", 4, "last_verified"),
    ],
)
def test_each_mistake_is_told_with_its_line(front: str, line: int, said: str) -> None:
    parsed: Parsed = parse(f"---\n{front}---\n")
    assert parsed.entry is None
    assert [(mistake.line, said in mistake.message) for mistake in parsed.mistakes] == [(line, True)], (
        parsed.mistakes
    )


def test_all_mistakes_are_told_at_once() -> None:
    assert len(parse("---\nidd: a/b\ntitel: x\nseverity: 3\n---\n").mistakes) == 5


def test_a_file_without_front_matter_says_what_is_missing() -> None:
    (mistake,) = parse("# Just a page\n").mistakes
    assert "front matter" in mistake.message


def test_headings_within_fences_are_no_sections() -> None:
    body = "intro\n## One\n```bash\n## not a heading\n```\n~~~~\n~~~\n## nor this\n~~~~\n"
    body += "# Two #\n1. step\n   ```\n   # no\n   ```\n"
    assert [section.title for section in sections(body)] == ["", "One", "Two"]


def test_an_open_fence_swallows_the_rest_and_nothing_else() -> None:
    (section,) = sections("## One\n```\n## Two\n")
    assert "## Two" in section.text
