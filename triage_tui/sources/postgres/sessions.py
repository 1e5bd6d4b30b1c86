"""Reading sessions: all of them in one pass where they are few enough, else counted and the most telling of them."""

from __future__ import annotations

from collections import Counter

from psycopg.rows import DictRow

from triage_tui.sources.postgres import activity
from triage_tui.sources.postgres.activity import (
    HIDDEN,
    OUR_OWN,
    WAITING_EXAMINED,
    Activity,
    Connections,
    blockers,
    read_connections,
    read_most_telling,
)
from triage_tui.sources.postgres.link import APPLICATION_NAME, Link
from triage_tui.sources.postgres.names import array
from triage_tui.sources.postgres.queries import Version, query
from triage_tui.text import safe


class SessionReader:
    """Remembers whether a server has more sessions than are read.

    Only then are counting, choosing and ordering left to the server: they cost it three times what it costs to tell
    all that it knows.
    """

    def __init__(self) -> None:
        self._crowded = False

    async def read(self, link: Link, version: Version) -> tuple[Connections, Activity]:
        """The sessions of one look. Raises what `Link.ask` raises."""
        most = activity.SESSIONS_READ
        if not self._crowded:
            rows = await link.ask(
                query("activity", version), {"query_bytes": activity.QUERY_BYTES, "limit": most + 1}
            )
            if len(rows) <= most:
                return _counted(rows), await _whole(link, version, rows)
        connections = await read_connections(link, version)
        self._crowded = sum(connections.by_state.values()) > most
        return connections, await read_most_telling(link, version)


def _counted(rows: list[DictRow]) -> Connections:
    states = Counter(_state(row) for row in rows if _is_client(row))
    ourselves = next((row for row in rows if row["in_recovery"] is not None), None)
    return Connections(
        by_state=dict(states),
        in_recovery=ourselves is not None and ourselves["in_recovery"],
        uptime_s=ourselves["uptime_s"] if ourselves is not None else 0.0,
    )


def _is_client(row: DictRow) -> bool:
    """Of other users' sessions an unprivileged role sees no type; those of clients have a user and a database."""
    kind = row["backend_type"]
    return kind == b"client backend" or (kind is None and bool(row["datid"] and row["usesysid"]))


def _state(row: DictRow) -> str:
    if row["in_recovery"] is not None or row["application_name"] == APPLICATION_NAME.encode():
        return OUR_OWN
    return safe(row["state"]) if row["state"] is not None else "unknown"


async def _whole(link: Link, version: Version, rows: list[DictRow]) -> Activity:
    waiting = [row for row in rows if row["wait_event_type"] == b"Lock"]
    waiting.sort(key=lambda row: row["query_start_us"] or 0)
    examined = {row["pid"] for row in waiting[:WAITING_EXAMINED]}
    found = await link.ask(query("blockers", version), {"pids": array(examined)}) if examined else []
    blocked_by = blockers(found)
    blocking = {pid for them in blocked_by.values() for pid in them}
    listed = [row for row in rows if _is_listed(row, blocking)]
    for row in listed:
        row["hidden"] = row["state"] is None and row["query"] == HIDDEN
    listed.sort(
        key=lambda row: (
            row["pid"] not in examined,
            row["pid"] not in blocking,
            -(row["transaction_age_s"] if row["transaction_age_s"] is not None else -1.0),
            row["state"] != b"active",
            row["pid"],
        )
    )
    return Activity(
        rows=listed,
        blocked_by=blocked_by,
        hidden=any(row["hidden"] for row in listed),
        cut=0,
        unexamined=len(waiting) - len(examined),
    )


def _is_listed(row: DictRow, blocking: set[int]) -> bool:
    """Not what belongs to ourselves, unless somebody waits for it."""
    if row["in_recovery"] is not None:
        return False
    return row["pid"] in blocking or (
        row["application_name"] != APPLICATION_NAME.encode()
        and (
            row["datid"] is not None
            or row["backend_type"] == b"walsender"
            or row["wait_event_type"] == b"Lock"
        )
    )
