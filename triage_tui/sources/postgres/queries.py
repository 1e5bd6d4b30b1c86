"""The statements that are sent, each in a file named by the version it starts from."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_FILE = re.compile(r"(?P<name>[a-z_]+)-(?P<version>[0-9]+(?:\.[0-9]+)?)\.sql")

Version = tuple[int, ...]


@cache
def query(name: str, version: Version) -> str:
    """The text of a statement for a server (or an extension) of this version.

    That is the file with the highest version that is not above; for servers older than any file, the oldest one.
    """
    texts = _texts()[name]
    fitting = [start for start in texts if start <= version]
    return texts[max(fitting) if fitting else min(texts)]


@cache
def _texts() -> dict[str, dict[Version, str]]:
    found: dict[str, dict[Version, str]] = {}
    for file in (files(__package__) / "sql").iterdir():
        if parts := _FILE.fullmatch(file.name):
            version = tuple(map(int, parts["version"].split(".")))
            found.setdefault(parts["name"], {})[version] = file.read_text(encoding="utf-8")
    return found
