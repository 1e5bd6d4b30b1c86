"""Wild guides: every dialect and shape that was met, and what must not become an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.guides.entry import Entry
from triage_tui.guides.importing import Result, read
from triage_tui.guides.parse import parse
from triage_tui.guides.write import rendered


def imported(text: str, path: str = "docs/troubleshooting.md") -> Result:
    """What a file comes to."""
    return read(text, path, "wild")


def titles(text: str, path: str = "docs/troubleshooting.md") -> list[str]:
    """The titles of its entries."""
    return [one.entry.title for one in imported(text, path).entries]


def only(text: str) -> Entry:
    """The one entry of a file."""
    (one,) = imported(text).entries
    return one.entry


def text_of(entry: Entry, title: str) -> str:
    """A section's text."""
    section = entry.section(title)
    assert section is not None, [one.title for one in entry.sections]
    return section.text


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("## Problem: Disk is full", "Disk is full"),
        ("## 🔴 Issue 3: Disk is full", "Disk is full"),
        ("### 2.1 Error: `Disk is full`", "Disk is full"),
        ("## **Alert:** Disk is full", "Disk is full"),
        ("## Issue #4 - Disk is full:", "Disk is full"),
        ("## 4) Disk is full", "Disk is full"),
        ("## [Disk is full](#disk)", "Disk is full"),
        ("Disk is full\n------------", "Disk is full"),
        ("## 413 Request Entity Too Large", "413 Request Entity Too Large"),
        ("## S3 refuses uploads", "S3 refuses uploads"),
        ("## `ConnectionError: Error 111`", "ConnectionError: Error 111"),
        ("## Why is the disk full?", "Why is the disk full?"),
    ],
)
def test_a_problem_is_titled_as_a_reader_would(heading: str, title: str) -> None:
    assert titles(f"# Troubleshooting\n\n{heading}\n\n**Cause:** logs\n\n**Fix:** delete them\n") == [title]


@pytest.mark.parametrize(
    ("label", "section"),
    [
        ("Symptoms", "Symptoms"), ("Error in logs", "Symptoms"), ("Meaning", "Symptoms"), ("Impact", "Symptoms"),
        ("Cause", "Causes"), ("Causes", "Causes"), ("Root Cause", "Causes"), ("Possible reasons", "Causes"),
        ("Potential causes", "Causes"), ("Common causes", "Causes"), ("Diagnosis", "Checks"), ("Triage", "Checks"),
        ("Investigation", "Checks"), ("Diagnostic Steps", "Checks"),
        ("Debug Commands", "Checks"), ("Debug Steps", "Checks"),
        ("Quick Diagnostics", "Checks"), ("Solution", "Fix"), ("Solutions", "Fix"), ("Fix", "Fix"),
        ("Resolution", "Fix"),
        ("Mitigation", "Fix"), ("Recovery", "Fix"), ("Remediation", "Fix"), ("Quick Recovery", "Fix"),
        ("Verification", "Verify"), ("Expected", "Verify"), ("Should return", "Verify"), ("Success", "Verify"),
        ("Prevention", "Prevention"), ("Best Practices", "Prevention"),
    ],
)  # fmt: skip
def test_every_dialect_of_labels_in_every_form(label: str, section: str) -> None:
    fix = "" if section == "Fix" else "\n### Fix\n\nRestart.\n"
    for form in (
        f"### {label}\n\nWords here.\n",
        f"### 🔍 1. **{label}:**\n\nWords here.\n",
        f"**{label}:** Words here.\n",
        f"**{label}**: Words here.\n",
        f"**{label}**\n\nWords here.\n",
        f"- **{label}:** Words here.\n",
        f"{label}:\n\nWords here.\n",
        f"> **{label}:** Words here.\n",
    ):
        entry = only(f"# Runbook\n\n## Disk is full\n\n{form}{fix}")
        assert "Words here." in text_of(entry, section), form


def test_an_error_fence_becomes_a_signature_and_no_fence_an_action() -> None:
    entry = only(
        "# Troubleshooting\n\n## Writes fail\n\n**Error:**\n```\n"
        "OOM command not allowed when used memory > 'maxmemory'\n```\n"
        "**Fix:**\n```bash\nredis-cli FLUSHALL\nkill -9 1\ndocker compose down -v\n```\n"
    )
    assert [one.regex.replace("\\", "")[:12] for one in entry.front.signatures] == ["OOMs+command"]
    assert entry.front.actions == ()
    assert entry.front.checks == ()
    assert "FLUSHALL" in text_of(entry, "Fix")


def test_inline_code_after_a_label_is_an_error_line_and_a_gap_stays_open() -> None:
    entry = only(
        '## Problem: x\n\n**Error**: `role "..." does not exist in <database>`\n\n**Fix**: create it\n'
    )
    (signature,) = entry.front.signatures
    assert ".*" in signature.regex
    assert "database" not in signature.regex


def test_lists_of_ones_with_fences_in_them_stay_whole() -> None:
    text = "## Problem: x\n\n**Solution:**\n\n1. one\n   ```bash\n   ## not a heading\n   make a\n"
    text += "   ```\n1. two\n   ```\n   b\n   ```\n"
    assert text_of(only(text), "Fix").count("```") == 4


def test_options_as_headings_are_parts() -> None:
    text = "## Problem: x\n\n### Solution\n\n#### Option 1: restart\n\nDo it.\n\n#### Option 2: wait\n\nLonger.\n"
    entry = only(text)
    assert "Option 1" in text_of(entry, "Fix")
    assert "Longer." in text_of(entry, "Fix")


def test_questions_and_answers() -> None:
    assert titles(
        "# FAQ\n\n**Q: Why does it hang?**\n\nA: Because.\n\n**How do I restart it?**\n\nWith make.\n"
    ) == [
        "Why does it hang?",
        "How do I restart it?",
    ]


def test_details_are_headings() -> None:
    text = "# Troubleshooting\n\n<details>\n<summary>Port is taken?</summary>\n\n"
    text += "Stop the other one.\nThen start again.\n\n</details>\n"
    assert titles(text) == ["Port is taken?"]


@pytest.mark.parametrize(
    "mark",
    [
        '!!! warning "Solution"\n    Do it.',
        "> [!TIP]\n> **Solution:** Do it.",
        "<Alert>\n**Solution:** Do it.\n</Alert>",
    ],
)
def test_admonitions_are_read_through(mark: str) -> None:
    assert "Do it." in text_of(only(f"## Problem: x\n\n**Cause:** y\n\n{mark}\n"), "Fix")


def test_each_row_of_a_table_is_a_problem() -> None:
    text = "# Help\n\n| Symptom | Cause | Fix |\n|---|:-:|---|\n"
    text += "| `connection refused by peer` | it is down | start `a \\| b` |\n| slow | load | wait |\n"
    first, second = imported(text).entries
    assert first.entry.title == "connection refused by peer"
    assert text_of(first.entry, "Fix") == "start `a | b`"
    assert first.line == 5
    assert first.entry.front.signatures
    assert second.entry.title == "slow"


def test_a_file_of_one_problem_with_front_matter() -> None:
    text = "---\nlayout: page\ntitle: Redis is full\ntags: [a]\n---\n\n"
    text += "## Symptoms\n\nWrites fail.\n\n## Resolution\n\nMore memory.\n"
    assert titles(text, "runbooks/redis-full.md") == ["Redis is full"]


def test_items_with_errors_and_solutions_are_problems() -> None:
    text = (
        "# Troubleshooting\n\n### Common patterns\n\n1. **Refused:**\n   ```\n   connection refused by server\n   ```\n"
        "   **Solution:** start it\n\n2. **Denied:**\n   ```\n   permission denied\n   ```\n   **Solution:** grant it\n"
    )
    assert titles(text) == ["Refused", "Denied"]


def test_two_problems_of_one_name_are_told_apart_by_the_heading_above() -> None:
    text = "# Troubleshooting\n" + "".join(
        f"\n## {group}\n\n### Connection fails\n\n**Fix:** restart {group}\n"
        for group in ("Redis", "PostgreSQL")
    )
    assert titles(text) == ["Redis: Connection fails", "PostgreSQL: Connection fails"]


def test_what_frames_the_page_is_ignored_and_said_so() -> None:
    text = (
        "# Troubleshooting\n\n## Table of Contents\n\n- [a](#a)\n- [b](#b)\n\n## Overview\n\nWords and\nmore words.\n\n"
        "## Problem: x\n\n**Fix:** y\n\n## Related documentation\n\n- [c](c.md)\n- [d](d.md)\n\n"
        "## Document information\n\nv1\nof us\n\n"
        "## Getting Help\n\n### Contact\n\nCall us\nat night.\n"
    )
    result = imported(text)
    assert [one.entry.title for one in result.entries] == ["x"]
    assert [one.line for one in result.ignored] == [3, 8, 17, 22, 27]


def test_pages_about_something_else_have_no_problems() -> None:
    text = "# Cooking\n\n## Soup\n\nBoil water.\nAdd salt.\n\n```bash\nstir\n```\n"
    assert titles(text, "kitchen/soup.md") == []


def test_an_answer_in_a_comment_is_something_to_verify() -> None:
    text = '## Problem: x\n\n**Fix:**\n```bash\nredis-cli ping  # Should return "PONG"\n```\n'
    assert 'Should return "PONG"' in text_of(only(text), "Verify")


def test_secrets_are_taken_out_and_control_characters_shown() -> None:
    text = "## Problem: x\x1b[31m\n\n**Fix:** `redis-cli -u redis://:hunter2secret@cache` \u202e\n"
    entry = only(text)
    everything = rendered(entry)
    assert "hunter2secret" not in everything
    assert "\x1b" not in everything
    assert "\u202e" not in everything


def test_mojibake_is_put_right_and_other_letters_stay() -> None:
    broken = "don’t – Größe".encode().decode("cp1252")
    assert text_of(only(f"## Problem: x\n\n**Fix:** {broken} Ãœ naïve Â£\n"), "Fix").startswith(
        "don’t – Größe"
    )
    assert "数据库" in text_of(only("## Problem: 数据库 is down\n\n**Fix:** 数据库\n"), "Fix")


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("Größe falsch", "wild/grosse-falsch"),
        ("数据库连接失败", "wild/problem-3"),
        ("Café fermé", "wild/cafe-ferme"),
    ],
)
def test_titles_in_any_language_have_an_id(title: str, id: str) -> None:
    (one,) = imported(f"# Troubleshooting\n\n## Problem: {title}\n\n**Fix:** restart\n").entries
    assert (one.entry.id, one.entry.title) == (id, title)


@pytest.mark.parametrize("text", ["", " \n\n", "\ufeff", "---\n---\n", "<!-- only a comment -->"])
def test_empty_files_have_a_reason(text: str) -> None:
    result = imported(text)
    assert result.entries == ()
    assert result.ignored


def test_labels_that_were_seen_and_parts_that_were_guessed_are_reported() -> None:
    text = "# Troubleshooting\n\n## Problem: x\n\n**Cause:** y\n\n## It is slow\n\nDo this.\nAnd that.\n"
    first, second = imported(text).entries
    assert (first.recognised, first.guessed) == (("cause",), ())
    assert (second.recognised, second.guessed) == ((), ("fix",))


def test_a_large_file_is_read_in_linear_time_and_bounded() -> None:
    text = "# Troubleshooting\n" + "".join(
        f"\n## Problem: number {n}\n\n**Fix:** do {n}\n" for n in range(700)
    )
    result = imported(text)
    assert len(result.entries) == 500
    assert "more than 500" in result.ignored[-1].why


_PIECES = [
    "# ",
    "## ",
    "\n",
    "Problem: ",
    "**Fix:** ",
    "```",
    "- ",
    "x",
    "é",
    ">",
    "<details>",
    "<summary>q?</summary>",
]
_TABLE = "| Problem | Fix |\n|-|-|\n"
_LINES = ["<summary>q?</summary>", "Q: ", "1. **a**\n", "   **Cause:** b\n", _TABLE]


@given(st.lists(st.sampled_from(_PIECES + _LINES), max_size=40).map("".join) | st.text(max_size=300))
def test_any_text_comes_to_entries_that_our_own_parser_reads(text: str) -> None:
    for one in imported(text).entries:
        parsed = parse(rendered(one.entry))
        assert parsed.mistakes == ()
        assert parsed.entry is not None
        assert parsed.entry.front == one.entry.front
