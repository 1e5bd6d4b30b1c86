"""The tables of triage.toml beside the environments: thresholds, guides and the screen."""

from __future__ import annotations

import math
from typing import Any

from msgspec.structs import fields

from triage_tui.config.errors import did_you_mean
from triage_tui.config.limit import Limit
from triage_tui.config.limits import LIMITS
from triage_tui.config.settings import ScreenSettings, Threshold
from triage_tui.config.toml.check import key_name, unknown_keys, values
from triage_tui.config.toml.document import Document
from triage_tui.config.toml.locate import KeyPath
from triage_tui.config.toml.schema import GuidesTable
from triage_tui.config.toml.values import Place, ValueProblemError, expand_path
from triage_tui.model.signals import SIGNALS, Signal
from triage_tui.text import safe


def read_thresholds(document: Document) -> dict[str, Threshold]:
    """`[thresholds]`: where a signal starts to be a warning and critical. Wrong ones are noted in the document."""
    thresholds = {}
    for name, given in _table(document, "thresholds").items():
        path = ("thresholds", name)
        if name not in SIGNALS and name not in LIMITS:
            document.mistake(path, f'unknown signal "{safe(name)}"{_signal_hint(name, given)}')
        elif not isinstance(given, dict):
            document.mistake(
                path, f"`{name}` has to be a table: {{ warning = 0.8, critical = 0.9 }}, or one of the two"
            )
        else:
            known = {field.name: field for field in fields(Threshold)}
            unknown_keys(document, path, given, known)
            before = document.count
            found = values(document, path, given, known.values())
            if document.count == before:
                _sane(document, path, SIGNALS.get(name) or LIMITS[name], found)
            if document.count == before:
                thresholds[name] = Threshold(**found)
    return thresholds


def read_guides(document: Document, place: Place) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`[guides]`: folders, absolute; and notes about those that are not there."""
    path = ("guides",)
    given = _table(document, "guides")
    known = {field.name: field for field in fields(GuidesTable)}
    unknown_keys(document, path, given, known)
    folders, notes = [], []
    for index, written in enumerate(values(document, path, given, known.values()).get("folders", ())):
        try:
            folder = expand_path(written, place)
        except ValueProblemError as problem:
            document.mistake((*path, "folders", index), f"{key_name((*path, 'folders', index))}: {problem}")
            continue
        if folder is not None:
            folders.append(str(folder))
            if not folder.is_dir():
                notes.append(f"guides: there is no folder {safe(written)}")
    return tuple(folders), tuple(notes)


def read_screen(document: Document) -> ScreenSettings:
    """`[screen]`."""
    path = ("screen",)
    given = _table(document, "screen")
    known = {field.name: field for field in fields(ScreenSettings)}
    unknown_keys(document, path, given, known)
    return ScreenSettings(**values(document, path, given, known.values()))


def _table(document: Document, name: str) -> dict[str, Any]:
    given = document.data.get(name, {})
    if isinstance(given, dict):
        return given
    document.mistake((name,), f"`{name}` has to be a table: [{name}]")
    return {}


def _sane(document: Document, path: KeyPath, signal: Signal | Limit, found: dict[str, float | None]) -> None:
    """Note values that no reading can cross, or that are crossed in the wrong order."""
    for key, value in found.items():
        if value is None or not math.isfinite(value):
            document.mistake((*path, key), f"`{key}` has to be a number that can be reached")
        elif signal.unit == "ratio" and signal.name.endswith("_ratio") and not 0 <= value <= 1:
            percent = f": {value:g} % is {value / 100:g}" if 1 < value <= 100 else ""
            document.mistake((*path, key), f"`{key}`: {signal.name} is a ratio from 0 to 1{percent}")
    warning, critical = found.get("warning"), found.get("critical")
    if not found:
        document.mistake(path, f"`{signal.name}`: give `warning`, `critical` or both")
    elif warning is not None and critical is not None:
        if signal.low_is_bad and not warning > critical:
            document.mistake(
                path, f"`{signal.name}`: low values are the bad ones, so `warning` has to be above `critical`"
            )
        elif not signal.low_is_bad and not warning < critical:
            document.mistake(path, f"`{signal.name}`: `warning` has to be below `critical`")


def _signal_hint(name: str, given: object) -> str:
    """For `redis.memory_ratio = …` without quotes, which TOML reads as a table in a table."""
    if isinstance(given, dict):
        for inner in given:
            if f"{name}.{inner}" in SIGNALS or f"{name}.{inner}" in LIMITS:
                return f'; a name with a dot stands in quotes: "{name}.{inner}"'
    return did_you_mean(name, [*SIGNALS, *LIMITS])
