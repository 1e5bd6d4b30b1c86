"""Questions that a look can do without: asked at their own pace, and switched off with a reason when they fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.sources.postgres.conninfo import ConnectionInfo
from triage_tui.sources.postgres.failures import link_problem
from triage_tui.sources.postgres.link import Link
from triage_tui.sources.postgres.queries import Version, query

TIME_FOR_PROBES_S = 3.0
"""Seconds after the start of a look in which probes may start; a slow server is asked for the essentials only."""

REFUSED_PAUSE_S = 300.0
"""After a missing right or a missing function. Somebody may grant it while we watch."""

SLOW_PAUSE_S = (30.0, 600.0)
"""After a timeout or a lock: doubled each time, up to the second."""

DUTY = 50
"""A probe rests this many times as long as it took: at most 2 % of the server's time go into it."""

_REMEDIES: tuple[tuple[type[psycopg.Error], str], ...] = (
    (psycopg.errors.InsufficientPrivilege, "{grant}"),
    (
        psycopg.errors.QueryCanceled,
        "It took the server longer than we allow; it is asked again later, and less often.",
    ),
    (
        psycopg.errors.LockNotAvailable,
        "Somebody holds a lock on a catalogue that it reads; it is asked again in 30 s.",
    ),
    (
        psycopg.errors.UndefinedFunction,
        "This server has no such function: it is a managed or a different product.",
    ),
    (
        psycopg.errors.ObjectNotInPrerequisiteState,
        "Put it into shared_preload_libraries and restart the server.",
    ),
)
_LASTING = frozenset({ProblemKind.PERMISSION, ProblemKind.PROTOCOL, ProblemKind.MISSING})


class Probe:
    """One optional question, and whether it is worth asking now."""

    def __init__(self, part: str) -> None:
        self.part = part
        self._next_at = 0.0
        self._failures = 0
        self.problem: Problem | None = None

    def due(self, now: float) -> bool:
        """Time has come to ask (again)."""
        return now >= self._next_at

    def answered(self, now: float, took_s: float, every_s: float) -> None:
        """It worked; the rest it takes grows with what it cost."""
        self.problem = None
        self._failures = 0
        self._next_at = now + max(every_s, took_s * DUTY)

    def failed(self, now: float, problem: Problem) -> None:
        """It did not; it is off for a while."""
        self.problem = problem
        self._failures += 1
        first, most = SLOW_PAUSE_S
        slow = min(first * 2 ** (self._failures - 1), most)
        self._next_at = now + (REFUSED_PAUSE_S if problem.kind in _LASTING else slow)


class Probes:
    """All optional questions of one connection.

    grant  the statement that lets our role see what is hidden from it
    """

    def __init__(
        self, link: Link, info: ConnectionInfo, role: str, version: Version, clock: Callable[[], float]
    ) -> None:
        self.grant = _grant(role)
        self._link = link
        self._info = info
        self._version = version
        self._clock = clock
        self._probes: dict[str, Probe] = {}
        self._missing: dict[str, Problem] = {}
        self._until = 0.0

    def begin(self) -> None:
        """A look starts."""
        self._until = self._clock() + TIME_FOR_PROBES_S
        self._missing.clear()

    async def ask(
        self,
        name: str,
        parameters: Mapping[str, Any] = {},
        *,
        part: str,
        every_s: float = 0.0,
        version: Version | None = None,
        schema: str | None = None,
    ) -> list[DictRow] | None:
        """The rows of a statement; None where it is not due, switched off, or fails now.

        part     what is missing without it, for the gap
        every_s  the pause between two answers
        version  chooses the statement's text; None: the server's
        schema   of an extension, put in for `{schema}`

        Raises what `Link.ask` raises when the connection is lost.
        """
        probe = self._probes.setdefault(name, Probe(part))
        started = self._clock()
        if not probe.due(started) or started > self._until:
            return None
        text = query(name, version or self._version)
        statement = text if schema is None else sql.SQL(text).format(schema=sql.Identifier(schema))
        try:
            rows = await self._link.ask(statement, parameters)
        except psycopg.Error as error:
            if self._link.closed:
                raise
            probe.failed(self._clock(), self._explained(part, error))
            return None
        now = self._clock()
        probe.answered(now, now - started, every_s)
        return rows

    def missing(self, part: str, problem: Problem) -> None:
        """Note for this look that a part is missing although its question was answered."""
        self._missing[part] = problem

    def gaps(self) -> tuple[Gap, ...]:
        """What is missing from this look, one gap for each part."""
        off = {probe.part: probe.problem for probe in self._probes.values() if probe.problem is not None}
        return tuple(Gap(part, problem) for part, problem in (off | self._missing).items())

    def _explained(self, part: str, error: psycopg.Error) -> Problem:
        """The failure with what would bring this part back."""
        problem = link_problem(error, self._info)
        step = next((step for kind, step in _REMEDIES if isinstance(error, kind)), problem.next_step)
        return Problem(problem.kind, problem.message, step.replace("{grant}", self.grant))


def _grant(role: str) -> str:
    plain = re.fullmatch(r"[a-z_][a-z0-9_]*", role)
    name = role if plain else '"' + role.replace('"', '""') + '"'
    return f"GRANT pg_monitor TO {name};"
