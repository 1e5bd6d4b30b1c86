"""Where guides are: those that ship, and the reader's own; and where their index is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent


def shipped() -> Path:
    """The folder of the guides that ship: in the package where it was installed, beside it in a work tree."""
    installed = _PACKAGE / "knowledge"
    return installed if installed.is_dir() else _PACKAGE.parent / "knowledge"


def all_folders(own: Iterable[str] = ()) -> tuple[Path, ...]:
    """The shipped folder, then the reader's own (`[guides] folders` of triage.toml), each once."""
    return tuple(dict.fromkeys((shipped(), *(Path(folder) for folder in own))))


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Where indexes are kept: `$XDG_CACHE_HOME/triage`; None where there is no home."""
    base = environ.get("XDG_CACHE_HOME") or (f"{environ['HOME']}/.cache" if environ.get("HOME") else "")
    return Path(base) / "triage" if base.startswith("/") else None
