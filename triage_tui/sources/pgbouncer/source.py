"""Looks at one PgBouncer over one connection to its admin console."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

import psycopg
from psycopg.rows import DictRow

from triage_tui.config.settings import PgbouncerSpec
from triage_tui.model import Gap, Kind, Observation, Problem, ProblemKind, Target
from triage_tui.model.pgbouncer import PgbouncerData, PooledClient
from triage_tui.sources.pgbouncer import rows
from triage_tui.sources.postgres.conninfo import ConnectionInfo, MalformedError, read_conninfo
from triage_tui.sources.postgres.failures import link_problem
from triage_tui.sources.postgres.link import Link, SilenceError, connect
from triage_tui.sources.postgres.resolver import Resolver, ResolverBusyError
from triage_tui.sources.problems import protocol_problem
from triage_tui.sources.source import Look
from triage_tui.text import safe

DEADLINE_S = 15.0
"""Resolving (4 s), connecting (5 s) and a question without an answer (3 s) in a row, and some air."""

MANY_CLIENTS = 1_000
"""Clients from which on they are not listed at every look: a row for each is parsed here."""

MANY_EVERY_S = 15.0
CONFIG_EVERY_S = 60.0

_UNREACHED = (psycopg.Error, SilenceError, ResolverBusyError, OSError)
_SENSELESS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)

_NOT_ALLOWED = "not allowed"
_RIGHT = "Add the user to stats_users in pgbouncer.ini (it may look and change nothing), then RELOAD."


class PgbouncerSource:
    """The source for one `PgbouncerSpec`.

    Asks SHOW POOLS, DATABASES, STATS, SERVERS, CLIENTS, VERSION and CONFIG, all of which a user of stats_users may.
    Never SHOW FDS, which takes connections out of the pooler's hands.
    """

    def __init__(self, spec: PgbouncerSpec, clock: Callable[[], float] = time.monotonic) -> None:
        self._spec = spec
        self._clock = clock
        self._info: ConnectionInfo | None = None
        self._malformed: Problem | None = None
        self._link: Link | None = None
        self._version = ""
        self._resolver = Resolver()
        self._max_clients: int | None = None
        self._config_at = float("-inf")
        self._clients_at = float("-inf")
        self._linked: tuple[tuple[PooledClient, ...], int] | None = None
        try:
            self._info = _for_the_console(read_conninfo(spec.url))
        except MalformedError as error:
            self._malformed = Problem(
                ProblemKind.PROTOCOL,
                str(error),
                "Write it as postgresql://user@host:6432/pgbouncer, with @ : / in a password as %40 %3A %2F.",
            )

    @property
    def target(self) -> Target:
        """What is looked at, free of secrets."""
        return Target(
            name=self._spec.name,
            kind=Kind.PGBOUNCER,
            endpoint=self._info.endpoint if self._info is not None else "malformed connection string",
            depends_on=self._spec.depends_on,
        )

    @property
    def deadline_s(self) -> float:
        """Above the sum of our own timeouts."""
        return DEADLINE_S

    def focus(self, subjects: Collection[str]) -> None:
        """Everything is read at each look; there is nothing to prefer."""

    async def observe(self) -> Observation:
        """Look once."""
        look = Look(self.target)
        if self._info is None:
            assert self._malformed is not None
            return look.failed(self._malformed)
        kept = False
        try:
            link = self._link or await self._open(self._info)
            data, gaps = await self._look(link)
            kept = True
            return look.live(data, gaps)
        except _UNREACHED as error:
            return look.failed(_problem(error, self._info))
        except _SENSELESS as error:
            return look.failed(
                protocol_problem(f"{type(error).__name__}: {error}", self._info.endpoint, "PgBouncer")
            )
        finally:
            if not kept:
                self._drop()

    async def aclose(self) -> None:
        """Leave without waiting for the pooler."""
        self._drop()
        self._resolver.close()

    async def _open(self, info: ConnectionInfo) -> Link:
        parameters = await self._resolver.resolve(info.parameters)
        # The console takes no settings on connecting.
        link = self._link = await connect(parameters, guarded=False)
        (version,) = await link.ask_plainly("SHOW VERSION")
        self._version = (rows.text(version, "version") or "").removeprefix("PgBouncer ")
        self._config_at = self._clients_at = float("-inf")
        self._linked = None
        return link

    async def _look(self, link: Link) -> tuple[PgbouncerData, list[Gap]]:
        gaps: list[Gap] = []
        databases = await link.ask_plainly("SHOW DATABASES")
        pools = rows.pools(await link.ask_plainly("SHOW POOLS"), databases)
        stats = rows.traffic(await link.ask_plainly("SHOW STATS"))
        clients = sum(pool.cl_active + pool.cl_waiting for pool in pools)
        now = self._clock()
        if now - self._config_at >= CONFIG_EVERY_S:
            self._config_at = now
            self._max_clients = _setting(await link.ask_plainly("SHOW CONFIG"), "max_client_conn")
        if clients < MANY_CLIENTS or now - self._clients_at >= MANY_EVERY_S:
            self._clients_at = now
            try:
                # Servers first: a client that comes between the two is not linked yet.
                servers = await link.ask_plainly("SHOW SERVERS")
                self._linked = rows.linked(servers, await link.ask_plainly("SHOW CLIENTS"))
            except psycopg.Error as error:
                if link.closed:
                    raise
                self._linked = None
                gaps.append(Gap("linked", Problem(ProblemKind.PERMISSION, safe(str(error).strip()), _RIGHT)))
        linked, cut = self._linked if self._linked is not None else (None, 0)
        data = PgbouncerData(
            version=self._version,
            pools=pools,
            linked=linked,
            linked_cut=cut,
            traffic=stats,
            clients=clients,
            max_clients=self._max_clients,
        )
        return data, gaps

    def _drop(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.close()


def _for_the_console(info: ConnectionInfo) -> ConnectionInfo:
    """The same address, at the console's database, whatever database the url names."""
    base, slash, _ = info.endpoint.partition("?")[0].rpartition("/")
    endpoint = f"{base}{slash}{rows.CONSOLE}" if info.database and slash else info.endpoint
    return ConnectionInfo(
        parameters={**info.parameters, "dbname": rows.CONSOLE},
        endpoint=endpoint,
        user=info.user,
        database=rows.CONSOLE,
    )


def _problem(error: Exception, info: ConnectionInfo) -> Problem:
    words = str(error)
    if isinstance(error, psycopg.Error) and _NOT_ALLOWED in words:
        return Problem(ProblemKind.PERMISSION, safe(words.strip()), _RIGHT)
    problem = link_problem(error, info)
    if isinstance(error, psycopg.Error) and (
        "syntax error" in words or "unrecognized configuration" in words
    ):
        return Problem(
            ProblemKind.PROTOCOL,
            problem.message,
            f"{info.endpoint} answers as PostgreSQL and not as PgBouncer's console: name the pooler's own port.",
        )
    return problem


def _setting(config: list[DictRow], name: str) -> int | None:
    for row in config:
        if rows.text(row, "key") == name:
            return rows.number({name: rows.text(row, "value")}, name)
    return None
