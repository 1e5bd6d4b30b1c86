"""The tables `[[quiet]]` of triage.toml: findings that are known, for a time, for good, or at certain hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from msgspec.structs import fields

from triage_tui.config.errors import did_you_mean
from triage_tui.config.settings import QuietRule
from triage_tui.config.toml.check import key_name, unknown_keys, values
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.locate import KeyPath
from triage_tui.model.findings import FINDINGS
from triage_tui.text import safe

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def read_quiet(document: Document) -> tuple[QuietRule, ...]:
    """All of them. Everything that is wrong is noted in the document."""
    given = document.data.get("quiet", [])
    if not isinstance(given, list):
        document.mistake(("quiet",), "`quiet` has to be a list of tables: [[quiet]], two brackets")
        return ()
    return tuple(
        rule for index, entry in enumerate(given) for rule in _rule(document, ("quiet", index), entry)
    )


def _rule(document: Document, path: KeyPath, given: Any) -> Iterator[QuietRule]:
    if not isinstance(given, dict):
        document.mistake(path, f"{key_name(path)}: expected a table")
        return
    known = {field.name: field for field in fields(QuietRule)}
    before = document.count
    unknown_keys(document, path, given, known)
    found = values(document, path, given, known.values())
    if document.count == before:
        _sane(document, path, found)
    if document.count == before:
        yield QuietRule(**found)


def _sane(document: Document, path: KeyPath, found: dict[str, Any]) -> None:
    finding = found["finding"]
    if not any(fnmatchcase(id, finding) for id in FINDINGS):
        document.mistake(
            (*path, "finding"), f'`finding`: there is no "{safe(finding)}"{did_you_mean(finding, FINDINGS)}'
        )
    until = found.get("until")
    if until is not None and until.tzinfo is None:
        document.mistake((*path, "until"), "`until` needs an offset: 2026-12-01T06:00:00Z")
    if until is None and not found.get("reason", "").strip():
        document.mistake(path, "what is quiet without an end needs a `reason`")
    window = found.get("window")
    if window is not None and _WINDOW.fullmatch(window) is None:
        document.mistake((*path, "window"), "`window` is two times of a day in UTC: 02:00-03:30")
    days = found.get("days", ())
    if days and window is None:
        document.mistake((*path, "days"), "`days` needs `window`")
    for index, day in enumerate(days):
        if day not in DAYS:
            document.mistake((*path, "days", index), f'`days`: "{safe(day)}" is none of {", ".join(DAYS)}')
