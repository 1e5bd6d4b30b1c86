"""What one key of triage.toml is."""

from __future__ import annotations

from msgspec import Struct

TOP = ""
ENVIRONMENT = "environments.NAME"
TARGET = "environments.NAME.targets"
COMMAND = "environments.NAME.commands"
THRESHOLD = "thresholds.SIGNAL"
HOLD = "holds.FINDING"
GUIDES = "guides"
QUIET = "quiet"
SCREEN = "screen"
LISTS = frozenset({TARGET, COMMAND, QUIET})
"""Tables that are written with two brackets, as often as needed."""


class Key(Struct, frozen=True):
    """One key.

    table    where it stands; `[[…]]` for targets, `[…]` for the rest
    value    what it takes, in words
    default  what holds where it is left out; "" where it has to be given
    example  a value as it is written, for a line that can be copied
    kinds    the kinds of target that know it; empty: all of them, or no target
    """

    table: str
    name: str
    value: str
    default: str
    meaning: str
    example: str
    kinds: tuple[str, ...] = ()
