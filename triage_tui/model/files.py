"""A folder that must stay fresh."""

from __future__ import annotations

from msgspec import Struct


class FilesData(Struct, frozen=True):
    """One look at a folder. Links are not followed, folders in it are not entered.

    pattern       which names count
    count         files whose name fits; at_least: there were more entries than are looked at
    newest        name of the file that changed last; newest_at (ISO 8601) and newest_age_s: when that was
    empty_age_s   where no file fits: how long ago the folder itself changed
    max_age_s     how old the newest file may become; None: no age is too great
    unreadable    entries of which nothing could be told
    """

    path: str
    pattern: str = "*"
    count: int = 0
    total_bytes: int = 0
    newest: str | None = None
    newest_at: str | None = None
    newest_age_s: float | None = None
    newest_bytes: int | None = None
    empty_age_s: float | None = None
    max_age_s: float | None = None
    at_least: bool = False
    unreadable: int = 0

    @property
    def age_s(self) -> float | None:
        """How long nothing has come: the age of the newest file, or of the emptiness."""
        return self.newest_age_s if self.count else self.empty_age_s

    @property
    def stale(self) -> bool | None:
        """Whether nothing has come for longer than it may. None where nothing can be said."""
        if self.max_age_s is None or self.age_s is None or self.at_least:
            return None
        return self.age_s > self.max_age_s
