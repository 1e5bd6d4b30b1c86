"""An entry as a file of our own format."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from triage_tui.guides.entry import Entry


def rendered(entry: Entry) -> str:
    """The text of a file from which `parse` makes the same entry."""
    front = "\n".join(_lines(msgspec.to_builtins(entry.front)))
    body = "\n\n".join(f"## {section.title}\n\n{section.text}" for section in entry.sections if section.title)
    return f"---\n{front}\n---\n{body}\n"


def _lines(front: dict[str, Any]) -> Iterator[str]:
    """Every value is quoted as JSON has it, which YAML reads as it is meant: `no`, `1e3` and `#` stay text."""
    for key, value in front.items():
        value = _bare(value)
        if _says_nothing(value):
            continue
        if isinstance(value, list) and any(isinstance(member, dict) for member in value):
            yield f"{key}:"
            yield from (f"  - {_flow(member)}" for member in value)
        else:
            yield f"{key}: {_flow(value)}"


def _bare(value: Any) -> Any:
    """Without what says nothing, and with lists for tuples."""
    if isinstance(value, dict):
        inner = {key: _bare(each) for key, each in value.items()}
        return {key: each for key, each in inner.items() if not _says_nothing(each)}
    if isinstance(value, list | tuple):
        return [_bare(each) for each in value]
    return value


def _says_nothing(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def write(entry: Entry, folder: Path) -> Path:
    """Write an entry as `<folder>/<collection>/<name>.md`. Raises OSError; FileExistsError where there is one."""
    path = folder / f"{entry.id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(rendered(entry))
    return path
