"""The cockpit's own words, understood without a parser.

Loading a parser and telling it of all commands takes longer than reading the configuration. Whoever opens the cockpit
at night says nothing, or which file and which environment; that much can be read by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from triage_tui.cli import commands

if TYPE_CHECKING:
    from argparse import Namespace

_OPTIONS = {"--config": "config", "--env": "env"}


def plain(words: Sequence[str]) -> Namespace | None:
    """What `parse` makes of these words. None: there is more in them, or something may be wrong with them."""
    said: dict[str, str] = {}
    ahead = iter(words)
    for word in ahead:
        option, is_one, value = word.partition("=")
        if not is_one:
            value = next(ahead, "")
        if option not in _OPTIONS or not value or value.startswith("-"):
            return None
        said[_OPTIONS[option]] = value
    config = Path(said["config"]) if "config" in said else None
    return cast("Namespace", SimpleNamespace(config=config, env=said.get("env"), run=commands.cockpit))
