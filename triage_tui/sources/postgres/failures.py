"""What went wrong between us and a server, in words that tell the cases apart and say what to do.

While connecting, psycopg has no SQLSTATE, only text: words of libpq, or of the server after `FATAL:`. The server's
may be in its own language; then the names that they quote tell most cases.
"""

from __future__ import annotations

import re

import psycopg
from psycopg import pq

from triage_tui.model import Problem, ProblemKind
from triage_tui.sources.postgres.cases import CASES, DATABASE, PASSWORD, RESOLVER, SQLSTATES
from triage_tui.sources.postgres.conninfo import ConnectionInfo
from triage_tui.sources.postgres.link import SilenceError
from triage_tui.sources.postgres.resolver import ResolverBusyError
from triage_tui.sources.problems import network_problem, protocol_problem, timeout_problem
from triage_tui.text import safe

_RANK = (
    ProblemKind.AUTH,
    ProblemKind.PERMISSION,
    ProblemKind.MISSING,
    ProblemKind.TLS,
    ProblemKind.PROTOCOL,
    ProblemKind.TIMEOUT,
    ProblemKind.DNS,
    ProblemKind.REFUSED,
)
"""Of several addresses of one host, the one that got furthest says most."""

_ATTEMPT = re.compile(r"^- host: .*?, port: .*?, hostaddr: .*?: ", re.MULTILINE)
_PREFIX = re.compile(r"^(?:connection failed|connection is bad): ")
_SERVER_SAYS = re.compile(r"failed: \S+\s?:\s{2}")


def link_problem(error: Exception, info: ConnectionInfo) -> Problem:
    """Name what a connection or a statement failed with: psycopg.Error, SilenceError, or rows that make no sense."""
    if isinstance(error, SilenceError):
        return timeout_problem(info.endpoint, error.after_s)
    if isinstance(error, ResolverBusyError):
        return Problem(ProblemKind.DNS, safe(str(error)), _filled(RESOLVER, info))
    if isinstance(error, OSError):
        return network_problem(error, info.endpoint) or protocol_problem(
            str(error), info.endpoint, "PostgreSQL"
        )
    if not isinstance(error, psycopg.Error):
        return protocol_problem(f"{type(error).__name__}: {error}", info.endpoint, "PostgreSQL")
    if error.pgresult is not None:
        words = _primary(error)
        known = _named(words, info)
        if (
            known is None
            and (translated := _named(SQLSTATES.get(error.sqlstate or "", ""), info)) is not None
        ):
            known = Problem(translated.kind, safe(words), translated.next_step)
        return known or Problem(
            ProblemKind.PROTOCOL,
            safe(f"{words} (SQLSTATE {error.sqlstate})"),
            f"{info.endpoint} does not answer as PostgreSQL 13 or newer does: check what it is.",
        )
    first, *attempts = _ATTEMPT.split(str(error))
    problems = [_connect_problem(text, error, info) for text in attempts or [first]]
    return min(problems, key=lambda problem: _RANK.index(problem.kind))


def _connect_problem(text: str, error: psycopg.Error, info: ConnectionInfo) -> Problem:
    # libpq's second line is advice, and ours is better.
    words = _PREFIX.sub("", text.strip()).split("\n", 1)[0]
    problem = _named(words, info)
    if problem is not None:
        return problem
    if _SERVER_SAYS.search(words) and error.pgconn is not None and error.pgconn.used_password:
        # In a language that we do not know, after a password went over.
        if _quotes(words, info.user):
            return Problem(ProblemKind.AUTH, safe(words), _filled(PASSWORD, info))
        if _quotes(words, info.database):
            return Problem(ProblemKind.MISSING, safe(words), DATABASE)
    return protocol_problem(words, info.endpoint, "PostgreSQL")


def _quotes(words: str, name: str) -> bool:
    """The name stands in some language's quotation marks."""
    return bool(name) and re.search(rf"[^\w\s]\s?{re.escape(name)}\s?[^\w\s]", words) is not None


def _named(words: str, info: ConnectionInfo) -> Problem | None:
    for case in CASES:
        if case.pattern.search(words):
            return Problem(case.kind, safe(words), _filled(case.next_step, info))
    return None


def _filled(step: str, info: ConnectionInfo) -> str:
    return step.replace("{endpoint}", info.endpoint).replace("{user}", safe(info.user) or "the role")


def _primary(error: psycopg.Error) -> str:
    """The server's own words as it sent them, whatever their encoding."""
    result = error.pgresult
    field = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) if result is not None else None
    return field.decode("utf-8", "replace") if field is not None else str(error)
