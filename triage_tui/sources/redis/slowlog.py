"""The slow log, without what we caused ourselves."""

from __future__ import annotations

from datetime import UTC, datetime

from triage_tui.model.redis import SlowCommand
from triage_tui.sources.redis.replies import items, raw, whole
from triage_tui.sources.redis.wire import CLIENT_NAME, Command, Reply
from triage_tui.text import safe

SHOWN = 20
"""Entries kept, newest first."""

READ = 32
"""Entries read: more than are shown, since some may be ours."""

MAX_COMMAND = 200
MAX_CLIENT = 80

NEWEST: Command = ("SLOWLOG", "GET", 1)
ENTRIES: Command = ("SLOWLOG", "GET", READ)


def newest_id(reply: Reply) -> int | None:
    """Number of the newest entry; None for an empty log and a refusal. Ids only grow, until a restart."""
    first = items(reply)[:1]
    fields = items(first[0]) if first else []
    return whole(fields[0]) if fields else None


def parse(reply: Reply) -> tuple[SlowCommand, ...]:
    """Entries of SLOWLOG GET, without ours: id, Unix time, microseconds, arguments, client address, client name."""
    found: list[SlowCommand] = []
    for entry in items(reply):
        fields = items(entry)
        if len(fields) < 4:
            continue
        number, at, took = whole(fields[0]), whole(fields[1]), whole(fields[2])
        name = raw(fields[5]) if len(fields) > 5 else None
        if number is None or at is None or took is None or name == CLIENT_NAME.encode():
            continue
        words = b" ".join(argument for argument in map(raw, items(fields[3])) if argument is not None)
        address = raw(fields[4]) if len(fields) > 4 else None
        found.append(
            SlowCommand(
                id=number,
                at=_iso(at),
                took_ms=took / 1000,
                command=safe(words, limit=MAX_COMMAND),
                client=safe(name or address, limit=MAX_CLIENT) or None,
            )
        )
    return tuple(found[:SHOWN])


def _iso(at: int) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
