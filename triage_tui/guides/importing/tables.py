"""Tables in which each row is a problem: `| Symptom | Cause | Fix |`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from triage_tui.guides.importing.labels import Role, clean, role_of
from triage_tui.guides.importing.outline import Line, Node

Column = Role | Literal["problem"]

_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CELL = re.compile(r"(?<!\\)\|")
_PROBLEM = re.compile(
    r"(?:problem|issue|error|alert|symptom|message|error (?:message|code)|code|status|question|scenario|exit code"
    r"|what you see|observation)s?",
    re.IGNORECASE,
)


def rows_of(node: Node) -> list[tuple[int, list[tuple[Column, str]]]]:
    """Line and cells, by what their column is, of each row of a table that tells of troubles."""
    found: list[tuple[int, list[tuple[Column, str]]]] = []
    columns: list[Column | None] = []
    lines: Sequence[Line] = [line for line in node.lines if line.fence is None]
    for before, line in zip([None, *lines], lines, strict=False):
        if before is not None and _RULE.match(line.text) and "|" in before.text:
            columns = _columns(_cells(before.text))
        elif "|" not in line.text:
            columns = []
        elif columns:
            cells = [
                (column, cell)
                for column, cell in zip(columns, _cells(line.text), strict=False)
                if column is not None and cell
            ]
            if cells:
                found.append((line.number, cells))
    return found


def _columns(titles: list[str]) -> list[Column | None]:
    """What each column is; nothing where the table is not about troubles."""
    columns: list[Column | None] = []
    for index, title in enumerate(titles):
        bare = clean(title)
        named = "problem" not in columns and _PROBLEM.fullmatch(bare) is not None
        is_problem = named and (index == 0 or role_of(bare) is None)
        columns.append("problem" if is_problem else role_of(bare))
    helps = {"fix", "cause", "check"} & set(columns)
    return columns if helps and ({"problem", "symptom"} & set(columns)) else []


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|").removesuffix("|")
    return [re.sub(r"<br\s*/?>", " ", cell).replace("\\|", "|").strip() for cell in _CELL.split(bare)]
