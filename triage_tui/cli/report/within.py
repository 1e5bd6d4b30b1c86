"""What containers' logs and environments showed, in the plain report."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.cli.report.layout import ROWS, wrapped
from triage_tui.model.docker import DockerData
from triage_tui.model.logs import Logs
from triage_tui.text import figures


def lines_of(data: DockerData, width: int) -> list[str]:
    """How many logs are watched and what was found in them; what is wrong with environments. At most ROWS of each."""
    lines: list[str] = []
    if data.logs is not None:
        lines.append(f"  {_watched(data.logs)}")
        for text in list(_found(data.logs))[:ROWS]:
            lines += wrapped(text, width, "    ", "      ")
    flaws = [(each.container, flaw) for each in data.environments for flaw in each.flaws]
    for container, flaw in flaws[:ROWS]:
        lines += wrapped(f"{container}: {flaw.variable} {flaw.words}", width, "  ", "    ")
    return lines


def _watched(logs: Logs) -> str:
    parts = [f"logs of {figures.count(logs.watched)} containers: {figures.count(logs.lines)} lines"]
    if logs.dropped:
        parts.append(f"{figures.count(logs.dropped)} of them dropped, since too many came at once")
    if logs.skipped:
        times = "once" if logs.skipped == 1 else f"{logs.skipped} times"
        parts.append(f"so far behind that reading went on at the end {times}")
    if logs.unwatched:
        parts.append(f"{figures.count(logs.unwatched)} containers not watched")
    return ", ".join(parts)


def _found(logs: Logs) -> Iterator[str]:
    for hit in logs.hits:
        yield f"{hit.container}: {hit.entry} x{hit.count}, {figures.age(hit.last_age_s)} ago: {hit.line}"
    for one in logs.sensitive:
        yield f"{one.container}: {one.kind} x{one.count}, {figures.age(one.last_age_s)} ago: {one.sample}"
