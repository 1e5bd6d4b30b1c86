"""What was done, put together from the records: each intent with its result and its verdict."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import Any

import psutil
from msgspec import Struct
from msgspec.structs import replace

from triage_tui.actions.audit.record import Record

UNKNOWN = "outcome unknown"
"""Of an intent without a result: the program ended between the two, and what was sent may have been done."""

UNDER_WAY = "under way"


class Run(Struct, frozen=True):
    """One action. result and verdict: None where there is none (yet). seen: somebody was told that nobody knows what
    came of it, and when (ISO 8601 in UTC)."""

    intent: dict[str, Any]
    result: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None
    seen: str | None = None

    @property
    def id(self) -> str:
        """What ties its records together."""
        return str(self.intent.get("run"))

    @property
    def came(self) -> str:
        """done, not done, unknown, refused; `outcome unknown` where no result was written, `under way` where the
        program that wrote the intent still runs."""
        if self.result is not None:
            return str(self.result.get("came", UNKNOWN))
        return UNDER_WAY if still_runs(self.intent) else UNKNOWN


def runs_of(records: Iterable[Record]) -> tuple[Run, ...]:
    """The runs in these records, the oldest first. A result whose intent is not among them is left out."""
    found: dict[str, Run] = {}
    for record in records:
        content, before = record.content, found.get(record.run)
        if record.what == "intent":
            found[record.run] = Run(content)
        elif before is not None and record.what == "result":
            found[record.run] = replace(before, result=content)
        elif before is not None and record.what == "verdict":
            found[record.run] = replace(before, verdict=content)
        elif before is not None and record.what == "seen":
            found[record.run] = replace(before, seen=str(content.get("at")))
    return tuple(found.values())


def left_open(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Those of which nobody knows what came, and nobody was told: to be told at the next start."""
    return tuple(run for run in runs if run.came == UNKNOWN and run.seen is None)


def still_runs(intent: dict[str, Any]) -> bool:
    """The program that wrote an intent is there still. One on another host is taken to be gone."""
    if intent.get("host") != socket.gethostname():
        return False
    try:
        process = psutil.Process(int(intent["pid"]))
        return abs(process.create_time() - float(intent["began"])) < 1.0
    except (psutil.Error, KeyError, TypeError, ValueError, OverflowError):
        return False
