"""Checking a table of a document against a struct: every key of it, each on its own, so that nothing hides the rest.

msgspec decides what fits. It stops at the first thing that does not, so it is asked about one value at a time;
that also leaves no doubt about the line.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec.structs import FieldInfo

from triage_tui.config.errors import did_you_mean
from triage_tui.config.secret import Secret
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.locate import KeyPath
from triage_tui.text import safe

MISSING = object()
"""Stands for a value that does not fit; what is wrong with it has been noted."""

_EXPECTED = re.compile(r"Expected `(.+?)`, got `(.+?)`")
_WORDS = {
    "str": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "list": "a list",
    "object": "a table",
    "dict": "a table",
    "datetime": "a date",
    "date": "a date",
    "time": "a time",
}


def unknown_keys(
    document: Document,
    path: KeyPath,
    keys: Iterable[str],
    known: Collection[str],
    hints: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Note every key that is not known. hints: what to say, for some, instead of the nearest known one."""
    for key in keys:
        if key not in known:
            hint = f"; {hints[key]}" if key in hints else did_you_mean(key, known)
            document.mistake((*path, key), f"unknown key `{safe(key)}`{hint}")


def convert(document: Document, path: KeyPath, value: object, type_: Any) -> Any:
    """The value as the type has it, or MISSING. Elements of lists and values of tables are judged one by one."""
    if typing.get_origin(type_) is types.UnionType:
        type_ = next(option for option in typing.get_args(type_) if option is not types.NoneType)
    origin, inner = typing.get_origin(type_), typing.get_args(type_)
    if origin is tuple and isinstance(value, list):
        members = [convert(document, (*path, i), element, inner[0]) for i, element in enumerate(value)]
        return MISSING if any(member is MISSING for member in members) else tuple(members)
    if origin is dict and isinstance(value, dict):
        entries = {key: convert(document, (*path, key), entry, inner[1]) for key, entry in value.items()}
        return MISSING if any(entry is MISSING for entry in entries.values()) else entries
    try:
        return msgspec.convert(value, type_, dec_hook=_secret)
    except msgspec.ValidationError as error:
        document.mistake(path, f"{key_name(path)}: {_in_words(str(error))}")
    except UnicodeEncodeError:
        document.mistake(path, f"{key_name(path)}: holds characters that are no text")
    return MISSING


def values(
    document: Document,
    path: KeyPath,
    given: Mapping[str, Any],
    wanted: Iterable[FieldInfo],
    elsewhere: Collection[str] = (),
) -> dict[str, Any]:
    """Values of the wanted fields that are there and fit; a required one that is not there is noted.

    elsewhere: fields that are there but whose value is not known
    """
    found = {}
    for field in wanted:
        if field.name in given:
            value = convert(document, (*path, field.name), given[field.name], field.type)
            if value is not MISSING:
                found[field.name] = value
        elif field.required and field.name not in elsewhere:
            document.mistake(path, f"`{field.name}` is missing")
    return found


def key_name(path: KeyPath) -> str:
    """How a key is called in a message: itself, and of a list's element its number, from 1."""
    *_, last = path
    return f"`{safe(str(path[-2]))}`, element {last + 1}" if isinstance(last, int) else f"`{safe(last)}`"


def _secret(type_: type, value: object) -> object:
    if type_ is Secret and isinstance(value, str):
        return Secret(value)
    raise msgspec.ValidationError(f"Expected `str`, got `{type(value).__name__}`")


def _in_words(message: str) -> str:
    """msgspec's message in the words of TOML. It names types, never the value."""
    match = _EXPECTED.match(message)
    if match is None:
        return safe(message)
    expected = [_WORDS.get(word, word) for word in match[1].split(" | ") if word != "null"]
    return f"expected {' or '.join(expected)}, found {_WORDS.get(match[2], match[2])}"
