"""What the values of a target have to fulfil beyond their types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from triage_tui.config.secret import Secret
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.locate import KeyPath
from triage_tui.text import safe

MIN_INTERVAL_S = 0.2
"""Seconds. Looking more often would load a sick server, and nobody reads faster."""

MAX_INTERVAL_S = 86_400.0
"""Seconds. What is looked at less than once a day is not watched."""

MAX_NAME = 64
"""Characters of a name: it has to fit a line of a pane, and to be typed back in a confirmation."""

MAX_AGE_S = 10 * 366 * 86_400.0
"""Seconds. What may be older than ten years need not be watched."""

MAX_PATTERN = 200

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def check_values(document: Document, path: KeyPath, values: Mapping[str, Any]) -> None:
    """Note what is wrong with values that have the right types. values: those that are known, by key."""
    for key, rule in _RULES.items():
        if key in values:
            rule(document, (*path, key), values[key])
    if values.get("url") is not None and values.get("context") is not None:
        document.mistake((*path, "context"), "`url` and `context` both name an engine: keep one of them")


def check_name(document: Document, path: KeyPath, name: str) -> None:
    """A name is read, typed and printed: visible characters only, and not many."""
    if not name or name != name.strip() or len(name) > MAX_NAME or safe(name) != name:
        document.mistake(
            path, f'"{safe(name, limit=MAX_NAME)}" is no usable name: 1 to {MAX_NAME} visible characters'
        )


def _interval(document: Document, path: KeyPath, seconds: float | None) -> None:
    # Written so that NaN fails.
    if seconds is not None and not MIN_INTERVAL_S <= seconds <= MAX_INTERVAL_S:
        document.mistake(
            path, f"`interval_s` has to be between {MIN_INTERVAL_S:g} and {MAX_INTERVAL_S:.0f} seconds"
        )


def _not_negative(document: Document, path: KeyPath, numbers: tuple[int, ...]) -> None:
    for index, number in enumerate(numbers):
        if not 0 <= number <= 65_535:
            document.mistake((*path, index), f"`{path[-1]}`: {number:.6g} is not between 0 and 65535")


def _statuses(document: Document, path: KeyPath, statuses: tuple[int, ...]) -> None:
    for index, status in enumerate(statuses):
        if not 100 <= status <= 599:
            document.mistake((*path, index), f"`expect_status`: {status:.6g} is no HTTP status (100 to 599)")


def _headers(document: Document, path: KeyPath, headers: dict[str, Secret]) -> None:
    for name, value in headers.items():
        if _HEADER_NAME.fullmatch(name) is None:
            document.mistake((*path, name), f'`headers`: "{safe(name)}" is no name of a header')
        elif not value.reveal().isprintable() or not value.reveal().isascii():
            # A line break would add a header of somebody else's choosing.
            document.mistake(
                (*path, name),
                f"`headers`: the value of {safe(name)} holds a character that no header may hold",
            )


def _not_empty(document: Document, path: KeyPath, text: str | None) -> None:
    if text == "":
        document.mistake(path, f"`{path[-1]}` is empty; leave it out instead")


def _readable(document: Document, path: KeyPath, file: str | None) -> None:
    if file is not None and not Path(file).is_file():
        document.mistake(path, f"`{path[-1]}`: there is no such file")


def _max_age(document: Document, path: KeyPath, seconds: float | None) -> None:
    # Written so that NaN fails.
    if seconds is not None and not 1 <= seconds <= MAX_AGE_S:
        document.mistake(path, f"`max_age_s` has to be between 1 and {MAX_AGE_S:.0f} seconds")


def _pattern(document: Document, path: KeyPath, pattern: str) -> None:
    if not pattern or "/" in pattern or len(pattern) > MAX_PATTERN:
        document.mistake(path, "`pattern` is one name with `*` and `?`, such as `*.dump`, without a `/`")


def _variables(document: Document, path: KeyPath, required: dict[str, tuple[str, ...]]) -> None:
    for service, names in required.items():
        for index, name in enumerate(names):
            if _VARIABLE.fullmatch(name) is None:
                document.mistake(
                    (*path, service, index), f'`require_env`: "{safe(name)}" is no name of a variable'
                )


_RULES: dict[str, Callable[[Document, KeyPath, Any], None]] = {
    "name": check_name,
    "interval_s": _interval,
    "context": _not_empty,
    "queue_databases": _not_negative,
    "celery_priorities": _not_negative,
    "celery_separator": _not_empty,
    "expect_status": _statuses,
    "expect_body": _not_empty,
    "headers": _headers,
    "ca_file": _readable,
    "max_age_s": _max_age,
    "pattern": _pattern,
    "require_env": _variables,
}
