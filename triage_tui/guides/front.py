"""The front matter of a guide: found, and read as a tree whose every value knows its line.

YAML is read by its events and not by a loader: no tags, no anchors (a few hundred bytes of them can stand for
gigabytes), no key twice, bounded depth, and plain words stay words (`no`, `on` and `off` are text; only true and false
are not). Dates and numbers are recognised as YAML 1.2 has them.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from triage_tui.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

MAX_FRONT_BYTES = 64 * 1024
"""Of one file. The richest entry that ships has 8 KiB."""

MAX_DEPTH = 12
"""Lists and tables inside each other. The format needs five."""

Scalar = str | int | float | bool | date | None

_FENCE = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}


class FrontError(ValueError):
    """The front matter cannot be read. line: in the file, from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class Node(Struct, frozen=True):
    """A value and the line of the file on which it, or its key, stands."""

    value: Scalar | list[Node] | dict[str, Node]
    line: int

    def at(self, *path: str | int) -> Node:
        """The node that a path leads to, as far as it can be gone."""
        node = self
        for step in path:
            below: Any = node.value
            try:
                node = below[step]
            except (KeyError, IndexError, TypeError):
                break
        return node

    def plain(self) -> object:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


class Split(Struct, frozen=True):
    """A file in its two parts. front: "" where there is none; body_line: on which the body begins, from 1."""

    front: str
    body: str
    body_line: int


def split(text: str) -> Split:
    """Part the front matter from the body."""
    match = _FENCE.match(text)
    if match is None:
        return Split("", text.removeprefix("\ufeff"), 1)
    return Split(match[1], text[match.end() :], text.count("\n", 0, match.end()) + 1)


def read(front: str, first_line: int = 2) -> Node:
    """The tree of a front matter, a table at its top. first_line: of the file, on which it begins.

    Raises FrontError.
    """
    if len(front.encode("utf-8", "replace")) > MAX_FRONT_BYTES:
        raise FrontError(f"the front matter is larger than {MAX_FRONT_BYTES // 1024} KiB", first_line)
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        tree = _Builder(yaml.parse(front, Loader=loader), first_line).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = " ".join(filter(None, [error.context, error.problem]))
        raise FrontError(f"no YAML: {safe(said)}", first_line + (mark.line if mark else 0)) from None
    except yaml.reader.ReaderError as error:
        line = first_line + front.count("\n", 0, error.position)
        raise FrontError("no YAML: it holds a character that YAML does not allow", line) from None
    if not isinstance(tree.value, dict):
        raise FrontError("the front matter has to be a table: `key: value` on each line", first_line)
    return tree


class _Builder:
    def __init__(self, events: Iterator[yaml.Event], first_line: int) -> None:
        self._events = events
        self._first_line = first_line

    def document(self) -> Node:
        import yaml

        tree: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                if tree is not None:
                    raise FrontError("a second document begins here", self._line(event))
                tree = self._node(event, 0)
        return tree if tree is not None else Node({}, self._first_line)

    def _line(self, event: yaml.Event) -> int:
        return self._first_line + (event.start_mark.line if event.start_mark else 0)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        import yaml

        line = self._line(event)
        if depth > MAX_DEPTH:
            raise FrontError(f"more than {MAX_DEPTH} levels deep", line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontError("anchors and aliases (& and *) are not supported; put the text in quotes", line)
        if getattr(event, "tag", None) not in (None, "!"):
            raise FrontError("tags (!) are not supported; put the text in quotes", line)
        match event:
            case yaml.ScalarEvent():
                return Node(_scalar(event.value, plain=event.implicit[0]), line)
            case yaml.SequenceStartEvent():
                return Node(self._sequence(depth), line)
            case _:
                return Node(self._mapping(depth), line)

    def _sequence(self, depth: int) -> list[Node]:
        import yaml

        members: list[Node] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            members.append(self._node(event, depth + 1))
        return members

    def _mapping(self, depth: int) -> dict[str, Node]:
        import yaml

        found: dict[str, Node] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = self._line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.anchor or event.tag:
                raise FrontError("a key has to be a word", line)
            if event.value in found:
                raise FrontError(f"the key `{safe(event.value)}` stands here twice", line)
            value = self._node(next(self._events), depth + 1)
            found[event.value] = Node(value.value, line)
        return found


def _scalar(text: str, *, plain: bool) -> Scalar:
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text) and len(text) < 20:
        return int(text)
    if _FLOAT.match(text):
        return float(text)
    if _DATE.match(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    return text
