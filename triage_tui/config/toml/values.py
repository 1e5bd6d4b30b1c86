"""Values that do not stand in the file itself: `${NAME}`, `${NAME:-default}` and `{ file = "…" }`.

Everything here answers None where a value is well written but not to be looked up: the variables and secret files
of an environment that is not watched now need not exist on this machine.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from triage_tui.config.errors import did_you_mean, nearest
from triage_tui.config.toml.file import home_of
from triage_tui.text import safe
from triage_tui.text.bounded import read_bounded

MAX_VALUE_BYTES = 16 * 1024
"""Bytes of a file that holds one value. URLs, passwords and tokens are far shorter."""

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")
_NAME = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)
_ESCAPED = "$${"


class ValueProblemError(ValueError):
    """A value cannot be had. The message holds no value of a variable or a file."""


class Place(Struct, frozen=True):
    """Where values are looked up.

    folder   of the file that is read: what relative paths start from
    resolve  whether they are: only for the environment that will be watched
    """

    environ: Mapping[str, str]
    folder: Path
    resolve: bool = True


def expand(text: str, place: Place) -> str | None:
    """Put in environment variables. `$${` stands for a literal `${`. Raises ValueProblemError.

    `${NAME:-default}` is the default where NAME is unset or empty, as in a shell. A default holds no reference.
    """
    references = [match for match in _REFERENCE.finditer(text) if match.group() != _ESCAPED]
    values = [_value(*_named(match), place) for match in references]
    if references and not place.resolve:
        return None
    following = iter(values)
    return _REFERENCE.sub(
        lambda match: "${" if match.group() == _ESCAPED else next(following) or "",
        text,
    )


def literal(text: str) -> str:
    """What stands in the file itself: variables left out, defaults kept. Never raises."""

    def kept(match: re.Match[str]) -> str:
        if match.group() == _ESCAPED:
            return "${"
        named = _NAME.fullmatch(match[1]) if match[2] else None
        return (named[2] or "") if named else match.group()

    return _REFERENCE.sub(kept, text)


def only_variable(text: str) -> str | None:
    """The name of the variable that a text is, where it is one and nothing else."""
    match = _REFERENCE.fullmatch(text)
    named = _NAME.fullmatch(match[1]) if match and match[2] else None
    return named[1] if named and named[2] is None else None


def expand_path(text: str, place: Place) -> Path | None:
    """A path as people write it: variables, `~`, relative to the file's folder. Raises ValueProblemError."""
    expanded = expand(text, place)
    if expanded is None:
        return None
    if not expanded or "\0" in expanded:
        raise ValueProblemError("the path is empty" if not expanded else "the path holds a NUL character")
    if expanded == "~" or expanded.startswith("~/"):
        return home_of(place.environ) / expanded[2:]
    try:
        return place.folder / Path(expanded).expanduser()
    except RuntimeError:
        raise ValueProblemError("the user after `~` is not known on this machine") from None


def from_file(table: Mapping[str, object], place: Place) -> str | None:
    """The value of `{ file = "…" }`: the file's text without its last line end. Raises ValueProblemError."""
    for key in table:
        if key != "file":
            raise ValueProblemError(f"unknown key `{safe(key)}`{did_you_mean(key, ['file'])}")
    written = table.get("file")
    if not isinstance(written, str):
        raise ValueProblemError('expected text in quotes or `{ file = "/path" }`')
    path = expand_path(written, place)
    if path is None or not place.resolve:
        return None
    # The path is shown as it was written: a variable in it may turn out to hold a password.
    shown = f"the file `{safe(written)}`"
    try:
        status, raw = read_bounded(path, MAX_VALUE_BYTES)
    except FileNotFoundError:
        raise ValueProblemError(f"{shown} does not exist") from None
    except OSError as error:
        raise ValueProblemError(f"{shown} cannot be read: {os.strerror(error.errno or 0)}") from None
    if not stat.S_ISREG(status.st_mode):
        raise ValueProblemError(f"{shown} is not a regular file")
    if len(raw) > MAX_VALUE_BYTES:
        raise ValueProblemError(f"{shown} is larger than {MAX_VALUE_BYTES // 1024} KiB")
    try:
        value = raw.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueProblemError(f"{shown} is not UTF-8") from None
    if not value:
        raise ValueProblemError(f"{shown} is empty")
    return value


def _named(match: re.Match[str]) -> tuple[str, str | None]:
    """Name and default of a reference. Raises ValueProblemError where it is malformed."""
    named = _NAME.fullmatch(match[1]) if match[2] else None
    if named is None:
        raise ValueProblemError("write `${NAME}` or `${NAME:-default}`; `$${` stands for a literal `${`")
    return named[1], named[2]


def _value(name: str, default: str | None, place: Place) -> str | None:
    found = place.environ.get(name) or default
    if found is None and place.resolve and name not in place.environ:
        near = nearest(name, place.environ)
        hint = f", but `{safe(near)}` is" if near else ""
        raise ValueProblemError(
            f"the variable `{safe(name)}` is not set{hint}: set it, or write `${{{safe(name)}:-default}}`"
        )
    return found
