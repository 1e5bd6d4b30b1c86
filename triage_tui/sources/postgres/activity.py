"""Sessions and connections: the part of a look that must succeed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct
from psycopg.rows import DictRow

from triage_tui.model.postgres import Session
from triage_tui.sources.postgres.backend import Backend, backend
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

OUR_OWN = "triage"
"""The state as which our own sessions count."""


class Connections(Struct, frozen=True):
    """Client connections by state, and two facts about the server that may change at any time.

    by_state  states that may not be seen count as `unknown`, our own session as `triage`
    """

    by_state: dict[str, int]
    in_recovery: bool
    uptime_s: float


class Activity(Struct, frozen=True):
    """The sessions of one look.

    backends    those that are shown, the most telling first
    now         when they were read, by the server's clock (see Backend)
    blocked_by  for each waiting process the processes that it waits for
    hidden      some sessions belong to users whose sessions this role may not see
    cut         sessions that were not read
    unexamined  waiting sessions whose blockers were not asked for
    """

    backends: list[Backend]
    now: int
    blocked_by: dict[int, tuple[int, ...]]
    hidden: bool = False
    cut: int = 0
    unexamined: int = 0

    @property
    def senders(self) -> bool | None:
        """Processes are there that send WAL to others; None where that cannot be seen."""
        if any(one.backend_type == "walsender" for one in self.backends):
            return True
        return None if self.hidden or self.cut else False


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
    backends = [backend(row["pid"], row["state_change"], row["told"]) for row in rows]
    waiting = sum(one.waits for one in backends)
    return Activity(
        backends=backends,
        now=rows[0]["now"] if rows else 0,
        blocked_by=blockers(rows),
        hidden=any(one.hidden for one in backends),
        cut=rows[0]["total"] - len(rows) if rows else 0,
        unexamined=max(0, waiting - WAITING_EXAMINED),
    )


def blockers(rows: Iterable[DictRow]) -> dict[int, tuple[int, ...]]:
    """For each waiting process whom it waits for: each once, since parallel workers are named by their leader."""
    return {row["pid"]: tuple(dict.fromkeys(row["blocked_by"])) for row in rows if row["blocked_by"]}


def sessions(
    activity: Activity, names: Names, blocked_by: Mapping[int, tuple[int, ...]]
) -> tuple[Session, ...]:
    """The sessions as they are shown; what this role may not see is None."""
    return tuple(one.session(activity.now, names, blocked_by.get(one.pid, ())) for one in activity.backends)
