"""Looks at one PostgreSQL server over one connection that stays open."""

from __future__ import annotations

from collections.abc import Collection

import psycopg
from msgspec import structs

from triage_tui.config.settings import PostgresSpec
from triage_tui.model import Kind, Observation, Problem, ProblemKind, Target
from triage_tui.sources.postgres.conninfo import ConnectionInfo, MalformedError, read_conninfo
from triage_tui.sources.postgres.failures import link_problem
from triage_tui.sources.postgres.inspection import Inspection, begin
from triage_tui.sources.postgres.link import Link, SilenceError, connect
from triage_tui.sources.postgres.migrations import Schemas
from triage_tui.sources.postgres.resolver import Resolver, ResolverBusyError
from triage_tui.sources.source import Look

DEADLINE_S = 16.0
"""Resolving (4 s), connecting (5 s), a statement without an answer (3 s), and migrations of another database (4 s)."""

_UNREACHED = (psycopg.Error, SilenceError, ResolverBusyError, OSError)
_SENSELESS = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What rows that are not what was asked for do to the code that reads them."""


class PostgresSource:
    """The source for one `PostgresSpec`."""

    def __init__(self, spec: PostgresSpec) -> None:
        self._spec = spec
        self._info: ConnectionInfo | None = None
        self._malformed: Problem | None = None
        self._link: Link | None = None
        self._inspection: Inspection | None = None
        self._resolver = Resolver()
        self._parameters: dict[str, str] = {}
        self._schemas = Schemas(spec.migrations)
        self._guarded = True
        try:
            self._info = read_conninfo(spec.url)
        except MalformedError as error:
            self._malformed = Problem(
                ProblemKind.PROTOCOL,
                str(error),
                "Write it as postgresql://user@host:5432/database, with @ : / in a password as %40 %3A %2F.",
            )

    @property
    def target(self) -> Target:
        """What is looked at, free of secrets."""
        return Target(
            name=self._spec.name,
            kind=Kind.POSTGRES,
            endpoint=self._info.endpoint if self._info is not None else "malformed connection string",
            depends_on=self._spec.depends_on,
        )

    @property
    def deadline_s(self) -> float:
        """Above the sum of our own timeouts."""
        return DEADLINE_S

    async def observe(self) -> Observation:
        """Look once."""
        look = Look(self.target)
        if self._info is None:
            assert self._malformed is not None
            return look.failed(self._malformed)
        kept = False
        try:
            inspection = self._inspection or await self._begin(self._info)
            data, gaps = await inspection.look()
            assert self._link is not None
            migrations, unknown = await self._schemas.read(
                self._link, self._parameters, self._info, inspection.database
            )
            kept = True
            return look.live(structs.replace(data, migrations=migrations), (*gaps, *unknown))
        except _UNREACHED as error:
            # A statement that the server refused leaves the connection as it was.
            kept = self._inspection is not None and self._link is not None and not self._link.closed
            kept = kept and isinstance(error, psycopg.Error)
            return look.failed(link_problem(error, self._info))
        except _SENSELESS as error:
            return look.failed(link_problem(error, self._info))
        finally:
            if not kept:
                self._drop()

    def focus(self, subjects: Collection[str]) -> None:
        """Everything is read at each look as far as it may be; there is nothing to prefer."""

    async def aclose(self) -> None:
        """Leave without waiting for the server."""
        self._drop()
        self._resolver.close()
        self._schemas.close()

    async def _begin(self, info: ConnectionInfo) -> Inspection:
        parameters = self._parameters = await self._resolver.resolve(info.parameters)
        try:
            self._link = await connect(parameters, guarded=self._guarded)
        except psycopg.OperationalError as error:
            if not (self._guarded and "unsupported startup parameter" in str(error)):
                raise
            self._guarded = False
            self._link = await connect(parameters, guarded=False)
        self._inspection = await begin(self._link, info)
        return self._inspection

    def _drop(self) -> None:
        link, self._link, self._inspection = self._link, None, None
        if link is not None:
            link.close()
