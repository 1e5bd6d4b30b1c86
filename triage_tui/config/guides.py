"""The folders with guides that triage.toml names, without asking for anything else that it says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from triage_tui.config.toml.document import Document
from triage_tui.config.toml.file import find, read
from triage_tui.config.toml.sections import read_guides
from triage_tui.config.toml.values import Place


def guide_folders(*, config: Path | None, environ: Mapping[str, str], cwd: Path) -> tuple[str, ...]:
    """`[guides] folders` of `config`, else of the nearest triage.toml; none where there is no file.

    Guides are asked for where an environment's variables and secrets need not be set. Raises ConfigError where the
    file or this table cannot be read.
    """
    path = cwd / config if config is not None else find(environ, cwd)
    if path is None:
        return ()
    document = Document(read(path, environ))
    folders, _ = read_guides(document, Place(environ, document.source.path.absolute().parent))
    document.raise_mistakes()
    return folders
