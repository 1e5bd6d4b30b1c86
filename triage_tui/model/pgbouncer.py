"""A connection pooler as its admin console shows it."""

from __future__ import annotations

from msgspec import Struct


class Pool(Struct, frozen=True):
    """One row of SHOW POOLS: one database and one user. Field names are PgBouncer's.

    cl_active     clients that have a connection, or could have one at once
    cl_waiting    clients that sent something and wait for a connection
    sv_active     connections to PostgreSQL that a client holds; sv_idle: free; sv_used, sv_tested, sv_login: being
                  checked or opened
    maxwait_s     how long the client that waits longest has waited; 0 where nobody waits
    size          connections that this pool may open; None where this console does not tell
    """

    database: str
    user: str
    cl_active: int = 0
    cl_waiting: int = 0
    sv_active: int = 0
    sv_idle: int = 0
    sv_used: int = 0
    sv_tested: int = 0
    sv_login: int = 0
    maxwait_s: float = 0.0
    mode: str | None = None
    size: int | None = None

    @property
    def subject(self) -> str:
        """Names the pool within its pooler."""
        return f"{self.database}/{self.user}"

    @property
    def servers(self) -> int:
        """Connections to PostgreSQL, whatever they do."""
        return self.sv_active + self.sv_idle + self.sv_used + self.sv_tested + self.sv_login


class PooledClient(Struct, frozen=True):
    """Who really uses a backend of PostgreSQL, behind the pooler that the backend takes for its client.

    backend_pid  of the backend in PostgreSQL; None where the server did not tell the pooler
    via          `address:port` of the pooler's end of the connection: what PostgreSQL shows as the client
    server       `address:port` of PostgreSQL as the pooler has it
    client       `address:port` of the program that uses it
    """

    via: str
    client: str
    backend_pid: int | None = None
    server: str | None = None
    application: str | None = None
    user: str | None = None
    database: str | None = None


class Traffic(Struct, frozen=True):
    """One row of SHOW STATS: averages of the pooler's last stats_period.

    wait_ms  what clients waited for a connection, per second and all together, in milliseconds
    """

    database: str
    transactions_per_s: float | None = None
    queries_per_s: float | None = None
    query_ms: float | None = None
    wait_ms: float | None = None


class PgbouncerData(Struct, frozen=True):
    """One look at a pooler.

    linked      the clients that use a backend now, at most a few hundred; None where they may not be seen
    linked_cut  those left out
    max_clients, clients  connections from clients: the limit and how many there are
    """

    version: str
    pools: tuple[Pool, ...] = ()
    linked: tuple[PooledClient, ...] | None = None
    linked_cut: int = 0
    traffic: tuple[Traffic, ...] = ()
    clients: int | None = None
    max_clients: int | None = None

    def behind(self, backend_pid: int, client: str | None) -> PooledClient | None:
        """Who really uses a backend that PostgreSQL shows with this pid and this client (`address:port`).

        The pid alone does not tell one server's backend from another's; the pooler's port does.
        """
        for one in self.linked or ():
            if one.via == client and one.backend_pid in (None, backend_pid):
                return one
        return None
