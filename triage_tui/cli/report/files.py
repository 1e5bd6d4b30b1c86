"""A folder in the plain report."""

from __future__ import annotations

from triage_tui.model.files import FilesData
from triage_tui.text import figures


def body(data: FilesData) -> list[str]:
    """How many files, how large, and how old the newest is."""
    one = "file" if data.count == 1 and not data.at_least else "files"
    what = one if data.pattern == "*" else f"{one} like {data.pattern}"
    if not data.count:
        since = f", unchanged for {figures.age(data.empty_age_s)}" if data.empty_age_s is not None else ""
        return [f"  no {what}{since}"]
    at_least = "more than " if data.at_least else ""
    parts = [
        f"{at_least}{figures.count(data.count)} {what}, {figures.size(data.total_bytes)}",
        f"the newest, {data.newest}, is {figures.age(data.newest_age_s)} old",
    ]
    if data.max_age_s is not None:
        parts.append(f"{figures.duration(data.max_age_s)} are allowed")
    if data.unreadable:
        parts.append(f"{figures.count(data.unreadable)} could not be looked at")
    return [f"  {', '.join(parts)}"]
