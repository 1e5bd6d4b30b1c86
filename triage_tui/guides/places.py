"""Where guides are: those that ship, and the reader's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def shipped() -> Path:
    """The folder of the guides that ship: in the package where it was installed, beside it in a work tree."""
    installed = _PACKAGE / "knowledge"
    return installed if installed.is_dir() else _PACKAGE.parent / "knowledge"


def all_folders(own: Iterable[str] = ()) -> tuple[Path, ...]:
    """The shipped folder, then the reader's own (`[guides] folders` of triage.toml), each once."""
    return tuple(dict.fromkeys((shipped(), *(Path(folder) for folder in own))))
