"""Whether two answers have the same shape: the same keys, and values of the same types."""

from __future__ import annotations

import re
from typing import Any

FREE_KEYS = re.compile(
    r"Labels|Networks|Ports|PortBindings|ExposedPorts|Data|Runtimes|IndexConfigs|Attributes|networks|LogConfig\.Config"
)
"""Maps whose keys are names of things: their values have to be of one shape."""


def differences(real: Any, ours: Any, path: str = "") -> list[str]:
    """Where the shape of one is not that of the other, e.g. `State.Health: is missing`."""
    if type(real) is not type(ours):
        return [f"{path}: {_word(ours)} instead of {_word(real)}"]
    if isinstance(real, dict):
        return _of_maps(real, ours, path)
    if isinstance(real, list):
        return _of_lists(real, ours, path)
    return []


def _of_maps(real: dict[str, Any], ours: dict[str, Any], path: str) -> list[str]:
    if FREE_KEYS.search(path) and FREE_KEYS.search(path).end() == len(path):  # type: ignore[union-attr]
        return _of_lists(list(real.values()), list(ours.values()), path)
    found = [f"{_below(path, key)}: is missing" for key in real.keys() - ours.keys()]
    found += [f"{_below(path, key)}: is nothing that it says" for key in ours.keys() - real.keys()]
    for key in real.keys() & ours.keys():
        found += differences(real[key], ours[key], _below(path, key))
    return sorted(found)


def _of_lists(real: list[Any], ours: list[Any], path: str) -> list[str]:
    """Each of ours has to be like one of theirs; an empty list tells nothing."""
    found: list[str] = []
    for one in ours if real else ():
        found += min((differences(other, one, f"{path}[]") for other in real), key=len)
    return sorted(set(found))


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _word(value: Any) -> str:
    return "null" if value is None else type(value).__name__
