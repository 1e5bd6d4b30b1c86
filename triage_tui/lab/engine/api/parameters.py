"""What stands in a question, read as Docker reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from triage_tui.lab.engine.errors import BadRequestError, EngineError

_FALSE = frozenset({"", "0", "no", "false", "none"})


def flag(request: web.Request, name: str, default: bool = False) -> bool:
    """Whether it is set; anything but 0, no, false and none counts."""
    value = request.query.get(name)
    return default if value is None else value.strip().lower() not in _FALSE


def number(request: web.Request, name: str, default: int | None = None) -> int | None:
    """A whole number. Raises EngineError in Go's words."""
    text = request.query.get(name, "")
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise EngineError(f'strconv.Atoi: parsing "{text}": invalid syntax') from None


def moment_ns(request: web.Request, name: str) -> int | None:
    """A time in nanoseconds since 1970 from `seconds[.fraction]`; None where there is none. Raises EngineError."""
    text = request.query.get(name, "")
    if not text:
        return None
    seconds, _, fraction = text.partition(".")
    try:
        return int(seconds) * 10**9 + (int(fraction[:9].ljust(9, "0")) if fraction else 0)
    except ValueError:
        raise EngineError(f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


def filters(request: web.Request) -> Mapping[str, Sequence[str]]:
    """Filters by name: from `{"name": ["value"]}`, or the older `{"name": {"value": true}}`. Raises EngineError."""
    text = request.query.get("filters", "")
    if not text:
        return {}
    try:
        given: Any = json.loads(text)
    except ValueError as error:
        raise EngineError(f"invalid character in filters: {error}") from None
    found: dict[str, Sequence[str]] = {}
    if not isinstance(given, dict):
        raise BadRequestError("invalid filter")
    for name, values in given.items():
        if isinstance(values, dict):
            found[name] = [value for value, on in values.items() if on]
        elif isinstance(values, list) and all(isinstance(value, str) for value in values):
            found[name] = values
        else:
            raise BadRequestError("invalid filter")
    return found
