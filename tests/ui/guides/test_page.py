"""An entry as lines: bounded whatever it holds, and every command whole or not at all."""

from __future__ import annotations

from triage_tui.guides.entry import Entry, FrontMatter, Section
from triage_tui.ui.guides.page import MAX_COPIED, MAX_LINES, section

WIDTH = 40


def shown(text: str, width: int = WIDTH) -> tuple[list[str], list[str]]:
    """The lines of a section, and what can be copied."""
    one = section(Entry(FrontMatter("a/b", "Title"), (Section("Fix", text, 1),), "a.md"), 0, width)
    return ["".join(cell.text for cell in line) for line in one.lines], [stop.copy for stop in one.stops]


def test_what_is_longer_than_anybody_reads_ends_and_says_so() -> None:
    for text in (
        "- word\n" * 5000,
        "word " * 20 * MAX_LINES + "\n" * 3000,
        "```bash\n" + "ls -l x\n" * 5000 + "```",
    ):
        lines, copies = shown(text)
        assert len(lines) <= MAX_LINES + 1
        assert all(len(line) <= WIDTH for line in lines)
        assert len(copies) <= MAX_LINES
    assert "more of it in the file" in lines[-1]


def test_a_long_command_is_copied_whole_and_a_longer_one_not_at_all() -> None:
    command = f"docker run {'x' * (MAX_COPIED - 20)}"
    assert shown(f"```bash\n{command}\n```")[1] == [command]
    assert shown(f"```bash\n{command}{'x' * 100}\n```")[1] == []


def test_a_quotation_that_is_never_closed_is_no_command_without_end() -> None:
    _, copies = shown("```bash\necho '\n" + "ls -l x\n" * 200 + "```")
    assert max(copy.count("\n") for copy in copies) < 100


def test_commands_in_sentences_are_those_with_arguments() -> None:
    _, copies = shown(
        "1. `maxmemory` by `config set maxmemory 2gb`, `redis/full`, `OOM command`, `PGUSER=x psql -c y`\n"
    )
    assert copies == ["config set maxmemory 2gb", "PGUSER=x psql -c y"]


def test_lines_of_an_item_are_one_and_those_of_code_stay_apart() -> None:
    text = (
        "1. Stop `docker stop\n   x`, and wait\nuntil it ends.\n2. Next.\n\nA paragraph\nin two lines.  \nA break.\n"
        "**Label:** one\n**Label:** two\n\n# Head\nBelow\n\n| a | b |\n| --- | --- |\n| c | d |\n\n"
        "```bash\none\ntwo\n```\n"
    )
    lines, copies = shown(text, 100)
    assert [line.strip() for line in lines if line.strip()] == [
        "1. Stop docker stop x, and wait until it ends.", "2. Next.", "A paragraph in two lines.", "A break.",
        "Label: one", "Label: two", "Head", "Below", "a: b", "c: d", "one", "two",
    ]  # fmt: skip
    assert copies == ["docker stop x", "one", "two"]
