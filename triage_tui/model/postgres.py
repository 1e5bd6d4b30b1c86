"""Sessions, locks and rates as one look at a PostgreSQL server shows them."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.model.migrations import Migrations


class Session(Struct, frozen=True):
    """One backend of pg_stat_activity. Ages are seconds by the server's clock.

    backend_start  ISO 8601 with offset, exact to the microsecond: with the pid it is the session's identity
    client         `address:port`, or `local` for a Unix socket
    state          exactly as PostgreSQL spells it, e.g. `idle in transaction (aborted)`; None where it may not be seen
    query_age_s    of the statement that runs now; None where none does
    blocked_by     pids that pg_blocking_pids names; 0 stands for a prepared transaction
    query          sanitised, redacted and cut; None where it may not be seen
    """

    pid: int
    backend_start: str | None = None
    user: str | None = None
    database: str | None = None
    application: str | None = None
    client: str | None = None
    backend_type: str | None = None
    state: str | None = None
    wait_event_type: str | None = None
    wait_event: str | None = None
    transaction_age_s: float | None = None
    query_age_s: float | None = None
    state_age_s: float | None = None
    blocked_by: tuple[int, ...] = ()
    query: str | None = None


class Blocking(Struct, frozen=True):
    """One line of the blocking tree, in drawing order: root blockers first, most victims first.

    pid        backend; 0 for a prepared transaction (then `prepared` is its gid)
    depth      0 for a root blocker
    waits_for  pid of the node above; None for a root, except in a deadlock, whose every session waits
    victims    how many sessions wait for this one, directly or through others
    mode       lock mode it waits for (or, for a root, None)
    relation   `schema.table` where known, `oid 1234` in another database, None otherwise
    wait_s     how long it has been waiting; None for a root. Before PostgreSQL 14, which cannot tell, the time since
               it was first seen waiting
    cycle      it is part of a deadlock that the server has not broken yet
    """

    pid: int
    depth: int
    waits_for: int | None = None
    victims: int = 0
    mode: str | None = None
    relation: str | None = None
    wait_s: float | None = None
    cycle: bool = False
    prepared: str | None = None


class Prepared(Struct, frozen=True):
    """A transaction prepared for two-phase commit and not yet ended."""

    gid: str
    database: str | None = None
    owner: str | None = None
    age_s: float | None = None


class Database(Struct, frozen=True):
    """Per-database figures; rates are per second between the last two looks, None before the second.

    frozen_xid_age  age(datfrozenxid) in transactions
    """

    name: str
    connections: int | None = None
    commits_per_s: float | None = None
    rollbacks_per_s: float | None = None
    cache_hit_ratio: float | None = None
    temp_bytes_per_s: float | None = None
    deadlocks: int | None = None
    deadlocks_per_s: float | None = None
    size_bytes: int | None = None
    frozen_xid_age: int | None = None


class Replica(Struct, frozen=True):
    """A standby (role `standby`), a slot (role `slot`) or, on a standby, its upstream (role `upstream`)."""

    name: str
    role: str
    state: str | None = None
    lag_bytes: int | None = None
    lag_s: float | None = None
    active: bool | None = None


class Statement(Struct, frozen=True):
    """One row of pg_stat_statements; times in milliseconds."""

    query: str
    calls: int
    total_ms: float
    mean_ms: float
    rows: int | None = None
    user: str | None = None
    database: str | None = None


class PostgresData(Struct, frozen=True):
    """One look at a server.

    connections           client backends by state, e.g. {"active": 3, "idle": 12}; states we may not see
                          count as "unknown", our own session as "triage"
    max_connections       the server's limit; reserved_connections = superuser_reserved + reserved (16+)
    statements            None where pg_stat_statements is not installed or not permitted (then a gap says why)
    sessions_cut          sessions left out because there were more than are read
    migrations            what migration tools have done to the connected database and to those that a folder of
                          triage.toml names; None where that was not looked at yet, or may not be seen
    """

    version: str
    max_connections: int | None = None
    reserved_connections: int | None = None
    connections: dict[str, int] = {}
    sessions: tuple[Session, ...] = ()
    blocking: tuple[Blocking, ...] = ()
    prepared: tuple[Prepared, ...] | None = None
    databases: tuple[Database, ...] = ()
    replication: tuple[Replica, ...] | None = None
    statements: tuple[Statement, ...] | None = None
    in_recovery: bool | None = None
    database: str | None = None
    user: str | None = None
    uptime_s: float | None = None
    sessions_cut: int = 0
    migrations: tuple[Migrations, ...] | None = None

    @property
    def connections_used(self) -> int:
        """Client backends of any state."""
        return sum(self.connections.values())

    @property
    def connections_ratio(self) -> float | None:
        """Used connections over max_connections, 0…1."""
        return self.connections_used / self.max_connections if self.max_connections else None
