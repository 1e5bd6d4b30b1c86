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


class Heard(Struct, frozen=True):
    """A check that somebody asked, and its answer. at: monotonic seconds at which it was true."""

    id: str
    target: str
    argument: str
    outcome: Outcome
    message: str
    at: float
