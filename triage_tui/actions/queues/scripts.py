"""The scripts that are sent: each reads whether everything is as expected, and changes it, in one step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from triage_tui.sources.redis.wire import Command

OURS = ("CHANGED", "EMPTY", "TAKEN", "PAUSED")
"""First words of refusals that come from the scripts themselves: nothing was changed."""


@cache
def script(name: str) -> str:
    """The text of a script."""
    return (files("triage_tui.actions.queues") / "lua" / f"{name}.lua").read_text(encoding="utf-8")


def call(name: str, keys: Sequence[bytes], *arguments: str | bytes | int) -> Command:
    """The command that runs a script."""
    return ("EVAL", script(name), len(keys), *keys, *arguments)
