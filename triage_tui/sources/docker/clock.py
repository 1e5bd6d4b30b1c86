"""The engine's own clock: its timestamps are compared with nothing else."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_SECOND = 1.0
"""Resolution of the Date header that every answer carries."""

_FIRST_YEAR = 2000
"""Engines write 0001-01-01 for never; nothing that runs started before this."""


def moment(text: str | None) -> datetime | None:
    """An engine's timestamp (RFC 3339, up to nanoseconds) in UTC, to microseconds; None for never and for nonsense."""
    if not text:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        return None
    if parsed.tzinfo is None or parsed.year < _FIRST_YEAR:
        return None
    return parsed.astimezone(UTC)


class EngineClock:
    """What time it is for the engine, learned from the Date headers of its answers. Thread-safe.

    A header names the second in which the answer was made, and that was between asking and hearing. Each answer
    so gives a bound below and above on how far the engine's clock is ahead of our steady one; together they narrow
    it to milliseconds. Where they contradict each other the engine's clock was set, and the last answer counts.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._least = float("-inf")
        self._most = float("inf")

    def heard(self, date: str | None, asked_at: float, heard_at: float) -> None:
        """Note the Date header of an answer, with our steady clock's readings around it. Nonsense is ignored."""
        if date is None:
            return
        try:
            second = parsedate_to_datetime(date).timestamp()
        except (ValueError, OverflowError, OSError):
            return
        least, most = second - heard_at, second + _SECOND - asked_at
        with self._lock:
            if least > self._most or most < self._least:
                self._least, self._most = least, most
            else:
                self._least, self._most = max(least, self._least), min(most, self._most)

    def now(self, steady_now: float) -> float | None:
        """Seconds since 1970 on the engine's clock; None before its first answer."""
        with self._lock:
            if self._most == float("inf"):
                return None
            return steady_now + (self._least + self._most) / 2

    def age_s(self, since: datetime | None, steady_now: float) -> float | None:
        """Seconds since an instant of the engine's clock, at least 0; None where either is unknown."""
        now = self.now(steady_now)
        if since is None or now is None:
            return None
        return max(0.0, now - since.timestamp())
