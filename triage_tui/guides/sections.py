"""The body of a guide in its sections, by a look at each line alone: 10,000 guides are read in seconds."""

from __future__ import annotations

import re

from triage_tui.guides.entry import Section

SYMPTOMS, CAUSES, CHECKS = "Symptoms", "Causes", "Checks"
FIX, VERIFY, PREVENTION = "Fix", "Verify", "Prevention"
USUAL = (SYMPTOMS, CAUSES, CHECKS, FIX, VERIFY, PREVENTION)
"""The sections of an entry, in the order of reading."""

_FENCE = re.compile(r"[ \t]*(?:[-*+]|\d+[.)])?[ \t]*(`{3,}|~{3,})(.*)")
_HEADING = re.compile(r"#{1,2}[ \t]+(.*?)[ \t]*#*[ \t]*\Z")


def sections(body: str, first_line: int = 1) -> tuple[Section, ...]:
    """Parts between headings of the first two levels. What stands before the first is kept where it says something.

    first_line: of the file, on which the body begins.
    """
    found: list[Section] = []
    title, line, held = "", first_line, list[str]()
    fence = ""

    def end() -> None:
        text = "\n".join(held).strip("\n")
        if title or text.strip():
            found.append(Section(title, text, line))

    for number, written in enumerate(body.splitlines(), start=first_line):
        fence = _fence_after(fence, written)
        heading = None if fence else _HEADING.match(written)
        if heading is None:
            held.append(written)
        else:
            end()
            title, line, held = heading[1].strip(), number, []
    end()
    return tuple(found)


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line, given the one that was open before it."""
    match = _FENCE.match(line)
    if match is None:
        return fence
    marks, rest = match[1], match[2]
    if not fence:
        # A line of backticks with a backtick after them is code within a sentence.
        return "" if marks[0] == "`" and "`" in rest else marks
    closes = marks[0] == fence[0] and len(marks) >= len(fence) and not rest.strip()
    return "" if closes else fence
