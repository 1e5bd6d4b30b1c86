"""The most expensive statements, where pg_stat_statements is there to count them."""

from __future__ import annotations

from psycopg.rows import DictRow

from triage_tui.model import Problem, ProblemKind
from triage_tui.model.postgres import Statement
from triage_tui.sources.postgres.names import Names
from triage_tui.sources.postgres.probes import Probes
from triage_tui.text import safe

EVERY_S = 30.0
"""The server reads a file with the text of all statements for one answer."""

EXTENSION_EVERY_S = 300.0
STATEMENTS_KEPT = 30
STATEMENTS_READ = 60
"""Our own are among them and are left out here: comparing text on the server fails on another database's encoding."""

QUERY_BYTES = 4096
HIDDEN = b"<insufficient privilege>"
"""What the server shows in place of a text."""

OUR_MARK = b"/* triage-tui */"


class Statements:
    """Keeps the last answer between two questions."""

    def __init__(self) -> None:
        self._latest: tuple[Statement, ...] | None = None
        self._extension: DictRow | None = None
        self._absent = False
        self._hidden = False

    async def read(self, probes: Probes, names: Names, database: str) -> tuple[Statement, ...] | None:
        """The statements that took most time; None where they cannot be had."""
        rows = await probes.ask("extension", part="statements", every_s=EXTENSION_EVERY_S)
        if rows is not None:
            self._absent = not rows
            self._extension = rows[0] if rows else None
        if self._absent:
            self._latest = None
            probes.missing(
                "statements",
                Problem(
                    ProblemKind.MISSING,
                    f"pg_stat_statements is not installed in database {database}",
                    "Put it into shared_preload_libraries, restart, and CREATE EXTENSION pg_stat_statements;",
                ),
            )
        if self._extension is None:
            return self._latest
        version = tuple(int(part) for part in self._extension["version"].split(b".")[:2])
        rows = await probes.ask(
            "statements",
            {"query_bytes": QUERY_BYTES, "limit": STATEMENTS_READ},
            part="statements",
            every_s=EVERY_S,
            version=version,
            schema=self._extension["schema"].decode("utf-8", "surrogateescape"),
        )
        if rows is not None:
            await names.read_roles(probes, (row["userid"] for row in rows))
            others = [row for row in rows if OUR_MARK not in (row["query"] or b"")]
            self._latest = tuple(_statement(row, names) for row in others[:STATEMENTS_KEPT])
            self._hidden = any(row["query"] == HIDDEN for row in others)
        if self._hidden:
            probes.missing(
                "statements.query",
                Problem(
                    ProblemKind.PERMISSION,
                    "the text of other users' statements may not be seen by this role",
                    probes.grant,
                ),
            )
        return self._latest


def _statement(row: DictRow, names: Names) -> Statement:
    return Statement(
        query=safe(row["query"]),
        calls=row["calls"],
        total_ms=row["total_ms"],
        mean_ms=row["mean_ms"] or 0.0,
        rows=row["rows"],
        user=names.role(row["userid"]),
        database=names.database(row["dbid"]),
    )
