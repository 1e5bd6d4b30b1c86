"""A Markdown file as a tree of headings, with the lines that stand below each; CommonMark decides what is one.

What only looks like text to CommonMark and is a heading to a reader becomes one: the summary of a `<details>`, a bold
line that asks a question, and a `Q:`.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from msgspec import Struct, field

from triage_tui.guides.importing.labels import Heading, clean, heading, role_of

PSEUDO_LEVEL = 7
"""Of what is no heading to CommonMark: below all six."""

_SUMMARY = re.compile(r"<summary[^>]*>(.*?)</summary>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:details|summary|div|p|br|b|i|strong|em|alert|note|tip|warning|span|section|center|tabs?|tabitem)\b[^>]*/?>",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\s*(?:\*\*|__)\s*(?:Q(?:uestion)?\s*\d*\s*[:.)]\s*)?(.+?\?)\s*(?:\*\*|__)\s*$"
    r"|\s*Q(?:uestion)?\s*\d*\s*[:.)]\s*(.+)$"
)
_ADMONITION = re.compile(r"\s*(?:!!!|\?\?\?\+?|:::)\s*\w*\s*(?:\"([^\"]*)\"|(.*))$|\s*>\s*\[!\w+\]\s*(.*)$")
_LABEL = re.compile(r"\s+(?:[-*+]\s+)?(?:\*\*|__)([^*_]+?):?(?:\*\*|__)")
_ITEM = re.compile(r"(?:\d+[.)]|[-*+])\s+(?:\*\*|__)(.+?)(?:\*\*|__)\s*:?\s*$")


class Line(Struct, frozen=True):
    """A line below a heading. fence: the info string of the fence that it stands in ("" where it has none), or None."""

    text: str
    number: int
    fence: str | None = None


class Node(Struct):
    """A heading, what stands below it before the next one, and the headings below it."""

    level: int
    heading: Heading
    number: int
    lines: list[Line] = field(default_factory=list)
    below: list[Node] = field(default_factory=list)

    def says_something(self) -> bool:
        """Whether a reader finds more than a sentence below it."""
        text = [line for line in self.lines if line.text.strip()]
        return len(text) >= 2 or any(len(line.text) > 60 for line in text)


def outline(text: str, title: str, first_line: int = 1) -> Node:
    """The tree of a body. title: of the file; first_line: of the file, on which the body begins."""
    source = _without_comments(text).splitlines()
    headings, fences = _blocks("\n".join(source))
    root = Node(0, heading(title), first_line)
    path = [root]

    def begin(level: int, said: str, number: int) -> None:
        while path[-1].level >= level:
            path.pop()
        node = Node(level, heading(said), number + first_line)
        path[-1].below.append(node)
        path.append(node)

    number = 0
    while number < len(source):
        if number in headings:
            level, said, end = headings[number]
            begin(level, said, number)
            number = end
            continue
        line, fence = source[number], fences.get(number)
        if fence is None:
            summary = _SUMMARY.search(line)
            question = _QUESTION.match(line)
            if summary is not None:
                begin(PSEUDO_LEVEL, summary[1], number)
                line = _SUMMARY.sub("", line)
            elif question is not None:
                begin(PSEUDO_LEVEL, f"Q: {question[1] or question[2]}", number)
                line = ""
            elif "</details>" in line.lower() and path[-1].level == PSEUDO_LEVEL:
                path.pop()
            admonition = _ADMONITION.match(line)
            if admonition is not None:
                line = next((f"**{part}**" for part in admonition.groups() if part), "")
            line = _TAG.sub("", line)
        path[-1].lines.append(Line(line, number + first_line, fence))
        number += 1
    _split_items(root)
    return root


def _split_items(node: Node) -> None:
    """Items of a list become headings where each has a bold title and, below it, a label of its own."""
    for child in node.below:
        _split_items(child)
    starts = [
        (at, match[1])
        for at, line in enumerate(node.lines)
        if line.fence is None and (match := _ITEM.match(line.text)) and heading(match[1]).role is None
    ]
    ends = [at for at, _ in starts[1:]] + [len(node.lines)]
    blocks = [node.lines[at + 1 : end] for (at, _), end in zip(starts, ends, strict=True)] if starts else []
    if starts and any(_names_a_part(line) for line in node.lines[: starts[0][0]]):
        # The causes, or the solutions, of one problem.
        return
    if len(blocks) < 2 or not all(any(_is_label(line) for line in block) for block in blocks):
        return
    for (at, title), block in zip(starts, blocks, strict=True):
        said = heading(title)
        problem = Heading(said.title, problem=True)
        node.below.append(Node(PSEUDO_LEVEL, problem, node.lines[at].number, block))
    node.lines = node.lines[: starts[0][0]]


def _names_a_part(line: Line) -> bool:
    match = _LABEL.match(f" {line.text.lstrip()}") if line.fence is None else None
    return match is not None and role_of(clean(match[1])) in ("fix", "cause")


def _is_label(line: Line) -> bool:
    match = _LABEL.match(line.text) if line.fence is None else None
    return match is not None and role_of(clean(match[1])) in ("fix", "cause")


def _without_comments(text: str) -> str:
    """Comments are blanked and their lines kept, so that every line has its number."""
    return re.sub(r"<!--.*?(?:-->|\Z)", lambda match: "\n" * match.group().count("\n"), text, flags=re.DOTALL)


def _blocks(text: str) -> tuple[dict[int, tuple[int, str, int]], dict[int, str]]:
    """By line, from 0: headings at the top level (level, text, the line after), and lines of fences (info string)."""
    from markdown_it import MarkdownIt

    headings: dict[int, tuple[int, str, int]] = {}
    fences: dict[int, str] = {}
    tokens = MarkdownIt("commonmark").disable(["entity", "escape"], ignoreInvalid=True).parse(text)
    for token, following in zip_longest(tokens, tokens[1:]):
        if token.map is None:
            continue
        if token.type == "heading_open" and token.level == 0 and following is not None:
            headings[token.map[0]] = (int(token.tag[1]), following.content, token.map[1])
        elif token.type in ("fence", "code_block"):
            fences.update(
                dict.fromkeys(range(*token.map), token.info.split()[0] if token.info.split() else "")
            )
    return headings, fences
