"""The tree of a front matter made into the structs of the format, with every mistake told at its line."""

from __future__ import annotations

import re
import types
import typing
from functools import cache
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields

from triage_tui.guides import when
from triage_tui.guides.front import Node
from triage_tui.text import safe
from triage_tui.text.nearest import did_you_mean

_MISSING = object()
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)?\Z")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}
_EXPECTED = re.compile(r"Expected `(.+?)`, got `(.+?)`")
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "date": "a date",
}


class Mistake(Struct, frozen=True, order=True):
    """One thing that is wrong with a file. line: from 1."""

    line: int
    message: str


class Reading:
    """One front matter on its way to a struct. mistakes: what was wrong, in the order in which it was met."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def struct(self, node: Node, cls: type[Struct], what: str) -> Any:
        """The struct that a table says, or None. what: how the table is called in a message."""
        given = node.value
        if not isinstance(given, dict):
            self._note(node, f"{what}: expected a table (`key: value`), found {_kind_of(node)}")
            return None
        known = _fields_of(cls)
        before = len(self.mistakes)
        found: dict[str, Any] = {}
        for key, value in given.items():
            if key not in known:
                self._note(value, f"{what}: unknown key `{safe(key)}`{did_you_mean(key, known)}")
                continue
            read = self._field(value, known[key], f"{what}.{key}" if what else key)
            if read is not _MISSING:
                found[known[key].name] = read
        for key, info in known.items():
            if info.required and key not in given:
                self._note(node, f"{what + ': ' if what else ''}`{key}` is missing")
        return cls(**found) if len(self.mistakes) == before else None

    def _field(self, node: Node, info: FieldInfo, what: str) -> Any:
        if info.name.endswith("_s"):
            return self._duration(node, what)
        return self._value(node, info.type, what)

    def _value(self, node: Node, type_: Any, what: str) -> Any:
        origin, inner = get_origin(type_), get_args(type_)
        if type_ is when.Expression:
            return self._expression(node, what)
        if origin is types.UnionType and types.NoneType in inner:
            type_ = next(option for option in inner if option is not types.NoneType)
            return self._value(node, type_, what)
        if isinstance(type_, type) and issubclass(type_, Struct):
            read = self.struct(node, type_, what)
            return _MISSING if read is None else read
        if origin is tuple:
            return self._list(node, inner[0], what)
        if origin is dict:
            return self._table(node, inner[1], what)
        return self._scalar(node, type_, what)

    def _list(self, node: Node, member: Any, what: str) -> Any:
        if not isinstance(node.value, list):
            self._note(node, f"{what}: expected a list, found {_kind_of(node)}")
            return _MISSING
        members = [self._value(each, member, f"{what}[{i}]") for i, each in enumerate(node.value, start=1)]
        return _MISSING if any(each is _MISSING for each in members) else tuple(members)

    def _table(self, node: Node, member: Any, what: str) -> Any:
        if not isinstance(node.value, dict):
            self._note(node, f"{what}: expected a table, found {_kind_of(node)}")
            return _MISSING
        found = {key: self._value(each, member, f"{what}.{key}") for key, each in node.value.items()}
        return _MISSING if any(each is _MISSING for each in found.values()) else found

    def _scalar(self, node: Node, type_: Any, what: str) -> Any:
        value = node.plain()
        if type_ is str and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        options = get_args(type_) if get_origin(type_) is typing.Literal else ()
        if options and value not in options:
            given = safe(value) if isinstance(value, str) else _kind_of(node)
            self._note(node, f"{what}: `{given}` is none of {', '.join(options)}")
            return _MISSING
        try:
            return msgspec.convert(value, type_)
        except msgspec.ValidationError as error:
            self._note(node, f"{what}: {_in_words(str(error))}")
            return _MISSING

    def _duration(self, node: Node, what: str) -> Any:
        match = _DURATION.match(str(node.value)) if not isinstance(node.value, bool) else None
        if match is None:
            self._note(node, f"{what}: expected a duration like 30s, 5m or 2h")
            return _MISSING
        return float(match[1]) * _SECONDS[match[2]]

    def _expression(self, node: Node, what: str) -> Any:
        text = str(node.value) if isinstance(node.value, str | int | float | bool) else ""
        try:
            return when.parse(text)
        except when.ExpressionError as error:
            self._note(node, f"{what}: {safe(str(error))}")
            return _MISSING

    def _note(self, node: Node, message: str) -> None:
        self.mistakes.append(Mistake(node.line, message.removeprefix(": ")))


@cache
def _fields_of(cls: type[Struct]) -> dict[str, FieldInfo]:
    """Fields by the name that they have in a file."""
    return {info.encode_name: info for info in fields(cls)}


def _kind_of(node: Node) -> str:
    match node.value:
        case dict():
            return "a table"
        case list():
            return "a list"
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case _:
            return "a date"


def _in_words(message: str) -> str:
    match = _EXPECTED.match(message)
    if match is None:
        return safe(message)
    expected = [_WORDS.get(word, word) for word in match[1].split(" | ")]
    return f"expected {' or '.join(expected)}, found {_WORDS.get(match[2], match[2])}"
