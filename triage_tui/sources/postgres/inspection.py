"""One look over an open connection: the essentials first, then what time and rights allow."""

from __future__ import annotations

import time
from collections.abc import Callable

from psycopg.rows import DictRow

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.model.postgres import PostgresData
from triage_tui.sources.postgres.activity import sessions
from triage_tui.sources.postgres.conninfo import ConnectionInfo
from triage_tui.sources.postgres.databases import Databases
from triage_tui.sources.postgres.link import STATEMENT_TIMEOUT_MS, Link
from triage_tui.sources.postgres.names import Names
from triage_tui.sources.postgres.probes import Probes
from triage_tui.sources.postgres.queries import Version, query
from triage_tui.sources.postgres.replication import Replication
from triage_tui.sources.postgres.sessions import SessionReader
from triage_tui.sources.postgres.statements import Statements
from triage_tui.sources.postgres.waits import Waits
from triage_tui.text import safe

OLDEST_SUPPORTED = 13


class Inspection:
    """Looks at one server over one connection, and what it remembers between looks.

    Nothing of it outlives the connection: after a restart or a failover names, counters and rights may be others.
    """

    def __init__(
        self, link: Link, info: ConnectionInfo, identity: DictRow, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._link = link
        self._identity = identity
        self._clock = clock
        self._version: Version = (identity["version_num"] // 10000,)
        self._sessions = SessionReader(clock)
        self._names = Names()
        self._waits = Waits()
        self._databases = Databases()
        self._replication = Replication()
        self._statements = Statements()
        self.database = safe(identity["database"])
        self.user = safe(identity["role"])
        self._probes = Probes(link, info, self.user, self._version, clock)

    async def look(self) -> tuple[PostgresData, tuple[Gap, ...]]:
        """Look once. Raises what `Link.ask` raises where the essentials cannot be had."""
        probes, names, waits = self._probes, self._names, self._waits
        probes.begin()
        connections, activity = await self._sessions.read(self._link, self._version)
        now = self._clock()

        # The waiting first: they are why somebody looks.
        blocked_by = await waits.blocked_by(probes, activity)
        databases = await self._databases.read(probes, names)
        await waits.read_prepared(probes, names, self._identity["max_prepared_transactions"])
        blocking = await waits.tree(probes, names, activity, blocked_by, self.database, now)
        await names.read_roles(probes, (one.usesysid for one in activity.backends))
        replication = await self._replication.read(
            probes, in_recovery=connections.in_recovery, senders=activity.senders
        )
        statements = await self._statements.read(probes, names, self.database)

        self._note_limits(activity.hidden, activity.unexamined)
        data = PostgresData(
            version=safe(self._identity["version"].partition(b" ")[0]),
            max_connections=self._identity["max_connections"],
            reserved_connections=self._identity["reserved_connections"],
            connections=connections.by_state,
            sessions=sessions(activity, names, blocked_by),
            blocking=blocking,
            prepared=waits.prepared,
            databases=databases,
            replication=replication,
            statements=statements,
            in_recovery=connections.in_recovery,
            database=self.database,
            user=self.user,
            uptime_s=connections.uptime_s,
            sessions_cut=activity.cut,
        )
        return data, probes.gaps()

    def _note_limits(self, hidden: bool, unexamined: int) -> None:
        if hidden:
            self._probes.missing(
                "sessions.state",
                Problem(
                    ProblemKind.PERMISSION,
                    "states, queries and clients of other users' sessions may not be seen by this role",
                    self._probes.grant,
                ),
            )
        if unexamined:
            self._probes.missing(
                "blocking.blocked_by",
                Problem(
                    ProblemKind.TIMEOUT,
                    f"{unexamined} more sessions wait; whom for was not asked, since the answer grows with the square",
                    "End the root blockers that are shown; the rest follows.",
                ),
            )
        if self._version < (OLDEST_SUPPORTED,):
            self._probes.missing(
                "version",
                Problem(
                    ProblemKind.PROTOCOL,
                    f"PostgreSQL {self._version[0]} is older than {OLDEST_SUPPORTED}, the oldest that this is made for",
                    "Upgrade the server; until then parts of the picture may be missing.",
                ),
            )


async def begin(link: Link, info: ConnectionInfo) -> Inspection:
    """Find out whom we talk to, and whether our limits are in force. Raises what `Link.ask` raises."""
    (identity,) = await link.ask(query("identity", (OLDEST_SUPPORTED,)))
    # A pooler that swallowed our settings, or that gives each statement to another connection.
    link.pooled = identity["statement_timeout"] != f"{STATEMENT_TIMEOUT_MS // 1000}s".encode()
    if not link.pooled:
        link.keep_plans()
    return Inspection(link, info, identity)
