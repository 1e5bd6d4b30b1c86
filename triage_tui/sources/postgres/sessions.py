"""Reading sessions: all of them in one pass where they are few enough, else counted and the most telling of them."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from psycopg.rows import DictRow

from triage_tui.sources.postgres import activity
from triage_tui.sources.postgres.activity import (
    OUR_OWN,
    WAITING_EXAMINED,
    Activity,
    Connections,
    read_connections,
    read_most_telling,
)
from triage_tui.sources.postgres.backend import EPOCH, MICROSECONDS, Backend, backend
from triage_tui.sources.postgres.blockers import Blockers
from triage_tui.sources.postgres.link import APPLICATION_NAME, Link
from triage_tui.sources.postgres.queries import Version, query

MARGIN_US = MICROSECONDS
"""A session takes note of an instant and then shows its change. Who changed this shortly before a look is told in full
once more."""

_EVER = datetime.min.replace(tzinfo=UTC)


class Known(Struct, frozen=True):
    """A session as it was told last: the record, and what it says."""

    told: bytes
    backend: Backend


class SessionReader:
    """Remembers the sessions of the last look, and whether a server has more of them than are read.

    A session that has rested since long before the last look is told by its process id and the instant of its last
    change. Only together with the session of that instant do they mean something; where there is none, since a clock
    was set back or a change was shown late, all are told in full at once. So nothing is ever guessed.

    Where there are more sessions than are read, counting, choosing and ordering are left to the server. They cost it
    three times what it costs to tell all that it knows.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._crowded = False
        self._known: dict[int, Known] = {}
        self._since = _EVER
        self._blockers = Blockers(clock)

    async def read(self, link: Link, version: Version) -> tuple[Connections, Activity]:
        """The sessions of one look. Raises what `Link.ask` raises."""
        most = activity.SESSIONS_READ
        if not self._crowded:
            rows = await self._all(link, version, most + 1)
            if len(rows) <= most:
                return self._counted(rows), await self._whole(link, version, rows)
        self._forget()
        connections = await read_connections(link, version)
        self._crowded = sum(connections.by_state.values()) > most
        return connections, await read_most_telling(link, version)

    def _forget(self) -> None:
        self._known, self._since = {}, _EVER

    async def _all(self, link: Link, version: Version, limit: int) -> list[DictRow]:
        """All sessions, each of them known afterwards."""
        for since in (self._since, _EVER):
            rows = await link.ask(
                query("activity", version),
                {"since": since, "query_bytes": activity.QUERY_BYTES, "limit": limit},
            )
            if self._take_note(rows):
                break
        return rows

    def _take_note(self, rows: list[DictRow]) -> bool:
        """Learn what is new. False: something is told by reference to what is not known."""
        before, self._known = self._known, {}
        for row in rows:
            pid, changed, told = row["pid"], row["state_change"], row["told"]
            known = before.get(pid)
            same = known is not None and known.backend.state_changed == changed
            if told is None:
                if known is None or not same:
                    self._forget()
                    return False
            elif known is None or not same or known.told != told:
                known = Known(told, backend(pid, changed, told))
            self._known[pid] = known
        ours = _ours(rows)
        self._since = EPOCH + timedelta(microseconds=ours["now"] - MARGIN_US) if ours is not None else _EVER
        return True

    def _counted(self, rows: list[DictRow]) -> Connections:
        ours = _ours(rows)
        own = ours["pid"] if ours is not None else None
        backends = (known.backend for known in self._known.values())
        return Connections(
            by_state=dict(
                Counter(
                    OUR_OWN
                    if one.pid == own or one.application == APPLICATION_NAME
                    else one.state or "unknown"
                    for one in backends
                    if _is_client(one)
                )
            ),
            in_recovery=ours is not None and ours["in_recovery"],
            uptime_s=(ours["now"] - ours["up_since"]) / MICROSECONDS if ours is not None else 0.0,
        )

    async def _whole(self, link: Link, version: Version, rows: list[DictRow]) -> Activity:
        ours = _ours(rows)
        backends = {pid: known.backend for pid, known in self._known.items()}
        own = ours["pid"] if ours is not None else None
        waiting = [one for one in backends.values() if one.waits]
        waiting.sort(key=lambda one: one.query_began or 0)
        examined = {one.pid for one in waiting[:WAITING_EXAMINED]}
        blocked_by = await self._blockers.read(link, version, examined, backends)
        blocking = {pid for them in blocked_by.values() for pid in them}
        listed = [one for one in backends.values() if one.pid != own and _is_listed(one, blocking)]
        listed.sort(
            key=lambda one: (
                one.pid not in examined,
                one.pid not in blocking,
                one.transaction_began is None,
                one.transaction_began or 0,
                one.state != "active",
                one.pid,
            )
        )
        return Activity(
            backends=listed,
            now=ours["now"] if ours is not None else 0,
            blocked_by=blocked_by,
            hidden=any(one.hidden for one in listed),
            unexamined=len(waiting) - len(examined),
        )


def _ours(rows: list[DictRow]) -> DictRow | None:
    """The row of the session that asks."""
    return next((row for row in rows if row["now"] is not None), None)


def _is_client(one: Backend) -> bool:
    """Of other users' sessions an unprivileged role sees no type; those of clients have a user and a database."""
    if one.backend_type is None:
        return bool(one.datid and one.usesysid)
    return one.backend_type == "client backend"


def _is_listed(one: Backend, blocking: set[int]) -> bool:
    """Not what belongs to ourselves, unless somebody waits for it."""
    return one.pid in blocking or (
        one.application != APPLICATION_NAME
        and (one.datid is not None or one.backend_type == "walsender" or one.waits)
    )
