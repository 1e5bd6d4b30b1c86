"""The table `[holds]` of triage.toml: how long a finding holds before it is told, and how long it stays."""

from __future__ import annotations

from msgspec.structs import fields

from triage_tui.config.errors import did_you_mean
from triage_tui.config.settings import Hold
from triage_tui.config.toml.check import unknown_keys, values
from triage_tui.config.toml.document import Document
from triage_tui.model.findings import FINDINGS
from triage_tui.text import safe

MOST_S = 86_400
"""A day. What may be so for longer is better kept quiet, by [[quiet]]."""

_KEYS = {field.name: field for field in fields(Hold)}


def read_holds(document: Document) -> dict[str, Hold]:
    """All of them, by finding. Everything that is wrong is noted in the document."""
    given = document.data.get("holds", {})
    if not isinstance(given, dict):
        document.mistake(("holds",), "`holds` has to be a table: [holds]")
        return {}
    holds = {}
    for id, entry in given.items():
        before = document.count
        found = _read(document, id, entry)
        if document.count == before:
            holds[id] = Hold(**found)
    return holds


def _read(document: Document, id: str, given: object) -> dict[str, float | None]:
    path = ("holds", id)
    if id not in FINDINGS:
        document.mistake(path, f'unknown finding "{safe(id)}"{_hint(id, given)}')
        return {}
    if not isinstance(given, dict):
        document.mistake(
            path, f"`{id}` has to be a table: {{ hold_s = 10, clear_s = 30 }}, or one of the two"
        )
        return {}
    unknown_keys(document, path, given, _KEYS)
    found = values(document, path, given, _KEYS.values())
    for key, value in found.items():
        # Not a number is in no range.
        if value is None or not 0 <= value <= MOST_S:
            document.mistake((*path, key), f"`{key}` has to be seconds from 0 to {MOST_S}")
    if not given:
        document.mistake(path, f"`{id}`: give `hold_s`, `clear_s` or both")
    return found


def _hint(id: str, given: object) -> str:
    """For `docker.exited = …` without quotes, which TOML reads as a table in a table."""
    if isinstance(given, dict):
        for inner in given:
            if f"{id}.{inner}" in FINDINGS:
                return f'; a name with a dot stands in quotes: "{id}.{inner}"'
    return did_you_mean(id, FINDINGS)
