"""One pass over one folder. Blocks; for a thread of its own."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import time
from datetime import UTC, datetime
from pathlib import Path

from triage_tui.model.files import FilesData
from triage_tui.text import safe

MOST_ENTRIES = 20_000
"""Entries that are looked at: a look at each costs microseconds on a disk, and a hundred times that over a network."""

LONGEST_S = 2.0


def scan(path: str, pattern: str, max_age_s: float | None, now: float) -> FilesData:
    """What is in the folder. now: seconds since 1970, which ages are told from. Raises OSError for the folder itself;
    what is wrong with an entry is counted.

    A link counts by what it is, not by what it leads to: a `latest` link does not make an old backup young.
    """
    fits = re.compile(fnmatch.translate(pattern)).match
    folder = Path(path).stat()
    if not stat.S_ISDIR(folder.st_mode):
        raise NotADirectoryError(20, "Not a directory", path)
    count = total = unreadable = seen = 0
    newest: tuple[float, str, int] | None = None
    at_least = False
    give_up_at = time.monotonic() + LONGEST_S
    with os.scandir(path) as entries:
        for entry in entries:
            seen += 1
            if seen > MOST_ENTRIES or time.monotonic() > give_up_at:
                at_least = True
                break
            if fits(entry.name) is None:
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                # Files come and go while they are looked at.
                unreadable += 1
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            count += 1
            total += status.st_size
            if newest is None or status.st_mtime > newest[0]:
                newest = status.st_mtime, entry.name, status.st_size
    return FilesData(
        path=safe(path),
        pattern=safe(pattern),
        count=count,
        total_bytes=total,
        newest=safe(newest[1], limit=200) if newest else None,
        newest_at=_iso(newest[0]) if newest else None,
        # A clock that was set back, or a file from the future, is no negative age.
        newest_age_s=max(0.0, now - newest[0]) if newest else None,
        newest_bytes=newest[2] if newest else None,
        empty_age_s=max(0.0, now - folder.st_mtime) if not count else None,
        max_age_s=max_age_s,
        at_least=at_least,
        unreadable=unreadable,
    )


def _iso(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return None
