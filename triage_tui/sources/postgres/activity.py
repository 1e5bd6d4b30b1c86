"""Sessions and connections: the part of a look that must succeed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from psycopg.rows import DictRow

from triage_tui.model.postgres import Session
from triage_tui.sources.postgres.link import APPLICATION_NAME, Link
from triage_tui.sources.postgres.names import Names
from triage_tui.sources.postgres.queries import Version, query
from triage_tui.text import safe

SESSIONS_READ = 1000
"""Sessions of one look in full; the counts by state are of all."""

WAITING_EXAMINED = 400
"""Waiting sessions whose blockers are asked for. In one long queue each has all before it as blockers, so the answer
grows with the square: 400 make 80,000 pairs."""

QUERY_BYTES = 4096
"""Of one query; four times what a server keeps by default."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OUR_OWN = "triage"
"""The state as which our own sessions count."""

HIDDEN = b"<insufficient privilege>"
"""What the server shows in place of a query that may not be seen."""


class Connections(Struct, frozen=True):
    """Client connections by state, and two facts about the server that may change at any time.

    by_state  states that may not be seen count as `unknown`, our own session as `triage`
    """

    by_state: dict[str, int]
    in_recovery: bool
    uptime_s: float


class Activity(Struct, frozen=True):
    """The sessions of one look.

    rows        as the server gave them
    blocked_by  for each waiting process the processes that it waits for
    hidden      some sessions belong to users whose sessions this role may not see
    cut         sessions that were not read
    unexamined  waiting sessions whose blockers were not asked for
    """

    rows: list[DictRow]
    blocked_by: dict[int, tuple[int, ...]]
    hidden: bool
    cut: int
    unexamined: int


async def read_connections(link: Link, version: Version) -> Connections:
    """Count client connections. Raises what `Link.ask` raises."""
    rows = await link.ask(query("connections", version), {"application": APPLICATION_NAME})
    return Connections(
        by_state={safe(row["state"]): row["connections"] for row in rows},
        in_recovery=any(row["in_recovery"] for row in rows),
        uptime_s=max((row["uptime_s"] for row in rows), default=0.0),
    )


async def read_most_telling(link: Link, version: Version) -> Activity:
    """Read those that wait, those they wait for, and as many others as there is room for. Raises what `ask` raises."""
    rows = await link.ask(
        query("sessions", version),
        {
            "application": APPLICATION_NAME,
            "waiting_limit": WAITING_EXAMINED,
            "query_bytes": QUERY_BYTES,
            "limit": SESSIONS_READ,
        },
    )
    waiting = [row for row in rows if row["wait_event_type"] == b"Lock"]
    return Activity(
        rows=rows,
        blocked_by=blockers(rows),
        hidden=any(row["hidden"] for row in rows),
        cut=rows[0]["total"] - len(rows) if rows else 0,
        unexamined=max(0, len(waiting) - WAITING_EXAMINED),
    )


def blockers(rows: Iterable[DictRow]) -> dict[int, tuple[int, ...]]:
    """For each waiting process whom it waits for: each once, since parallel workers are named by their leader."""
    return {row["pid"]: tuple(dict.fromkeys(row["blocked_by"])) for row in rows if row["blocked_by"]}


def sessions(
    activity: Activity, names: Names, blocked_by: Mapping[int, tuple[int, ...]]
) -> tuple[Session, ...]:
    """The sessions as they are shown; what this role may not see is None."""
    return tuple(_session(row, names, blocked_by.get(row["pid"], ())) for row in activity.rows)


def _session(row: DictRow, names: Names, blocked_by: tuple[int, ...]) -> Session:
    return Session(
        pid=row["pid"],
        backend_start=iso(row["backend_start_us"]),
        user=names.role(row["usesysid"]),
        database=names.database(row["datid"]),
        application=safe(row["application_name"]),
        client=_client(row),
        backend_type=_known(row["backend_type"]),
        state=_known(row["state"]),
        wait_event_type=_known(row["wait_event_type"]),
        wait_event=_known(row["wait_event"]),
        transaction_age_s=_age(row["transaction_age_s"]),
        query_age_s=_age(row["query_age_s"]),
        state_age_s=_age(row["state_age_s"]),
        blocked_by=blocked_by,
        query=None if row["hidden"] or row["query"] is None else safe(row["query"]),
    )


def identity(row: DictRow) -> tuple[int | None, ...]:
    """What stays the same while one statement of one session runs; process ids are used again."""
    return row["pid"], row["backend_start_us"], row["query_start_us"]


def iso(microseconds: int | None) -> str | None:
    """Microseconds since 1970 as ISO 8601 in UTC, exact: with the process id it tells one session from the next."""
    return (_EPOCH + timedelta(microseconds=microseconds)).isoformat() if microseconds is not None else None


def _client(row: DictRow) -> str | None:
    if row["client_addr"] is not None:
        return safe(f"{row['client_addr'].decode()}:{row['client_port']}")
    # The server says -1 for a Unix socket, and nothing for its own processes and for sessions we may not see.
    return "local" if row["client_port"] == -1 else None


def _known(value: bytes | None) -> str | None:
    return safe(value) if value else None


def _age(seconds: float | None) -> float | None:
    """Clocks of two processors may disagree by a little; nothing is younger than now."""
    return max(0.0, seconds) if seconds is not None else None
