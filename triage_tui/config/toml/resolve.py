"""The values of a target's table with variables and files put in, before msgspec judges them."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from typing import Any

from msgspec.structs import FieldInfo

from triage_tui.config.secret import Secret
from triage_tui.config.toml.check import key_name
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.locate import KeyPath
from triage_tui.config.toml.values import Place, ValueProblemError, expand, expand_path, from_file

AS_WRITTEN = frozenset({"kind", "name", "depends_on"})
"""Keys that name things within the file, so they do not depend on where it is read."""

PATHS = frozenset({"ca_file", "path"})
"""Keys whose value is a path."""

PATHS_BY_NAME = frozenset({"migrations"})
"""Keys whose value is a table of paths."""

_UNRESOLVED = object()


def resolve(
    document: Document, path: KeyPath, given: Mapping[str, Any], known: Mapping[str, FieldInfo], place: Place
) -> tuple[dict[str, Any], frozenset[str]]:
    """Values of the known keys; and the keys whose value could not be had, or is not to be looked up.

    What could not be had is noted in the document.
    """
    resolver = _Resolver(document, place)
    values = {}
    for key, value in given.items():
        if key in known:
            values[key] = value if key in AS_WRITTEN else resolver.value((*path, key), value, known[key].type)
    unresolved = frozenset(key for key, value in values.items() if value is _UNRESOLVED)
    return {key: value for key, value in values.items() if key not in unresolved}, unresolved


class _Resolver:
    def __init__(self, document: Document, place: Place) -> None:
        self._document = document
        self._place = place

    def value(self, path: KeyPath, value: object, type_: Any) -> object:
        """The value with everything in it resolved, or _UNRESOLVED."""
        if isinstance(value, dict) and typing.get_origin(type_) is dict:
            inner = typing.get_args(type_)[1]
            entries = {key: self.value((*path, key), entry, inner) for key, entry in value.items()}
            return _UNRESOLVED if any(entry is _UNRESOLVED for entry in entries.values()) else entries
        try:
            resolved = self._one(path, value, type_)
        except ValueProblemError as problem:
            self._document.mistake(path, f"{key_name(path)}: {problem}")
            return _UNRESOLVED
        return _UNRESOLVED if resolved is None else resolved

    def _one(self, path: KeyPath, value: object, type_: Any) -> object:
        if isinstance(value, str):
            if path[-1] not in PATHS and path[-2] not in PATHS_BY_NAME:
                return expand(value, self._place)
            file = expand_path(value, self._place)
            return None if file is None else str(file)
        if isinstance(value, dict) and (type_ is Secret or Secret in typing.get_args(type_)):
            return from_file(value, self._place)
        return value
