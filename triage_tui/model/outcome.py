"""What a check says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Outcome(StrEnum):
    """pass, warn, fail; unknown: it could not be seen, which is not well."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Checked(Struct, frozen=True):
    """One check of model/deeds.py at one target, answered. message: one line with the numbers in it."""

    id: str
    target: str
    outcome: Outcome
    message: str
