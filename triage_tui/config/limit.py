"""What one limit is."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.config.settings import Threshold


class Limit(Struct, frozen=True):
    """A limit of something that is not followed as a signal.

    unit        as in model/signals.py
    source      why the default is what it is, in a sentence
    low_is_bad  a low value is the bad one
    """

    name: str
    unit: str
    meaning: str
    default: Threshold
    source: str
    low_is_bad: bool = False
