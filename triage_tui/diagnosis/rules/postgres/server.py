"""The server itself: replication, transaction ids, cache, temporary files, expensive statements."""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.diagnosis.rules.postgres.sessions import CLIENT, who
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.postgres import PostgresData, Replica, Session, Statement
from triage_tui.text import figures

LAST_XID = 2**31
"""Transactions from one wraparound to the next (PostgreSQL, "Preventing Transaction ID Wraparound Failures")."""

_LITERAL = re.compile(r"'(?:[^']|'')*'|\$\d+|\b\d+(?:\.\d+)?\b")
COMPARED = 200
"""Characters of two statements that are compared: the texts may have been cut at different lengths."""


def replication_lag(scene: Scene) -> Iterator[Finding | Unclear]:
    """Standbys that are far behind, by bytes or by time."""
    replication = scene.data(PostgresData).replication
    if replication is None:
        yield Unclear()
        return
    for replica in replication:
        if replica.role == "slot":
            continue
        by_bytes = scene.severity("postgres.replication_lag_bytes", replica.lag_bytes, replica.name)
        by_time = scene.severity("postgres.replication_lag_s", replica.lag_s, replica.name)
        worst = max((one for one in (by_bytes, by_time) if one), key=lambda one: one.rank, default=None)
        if worst is None:
            continue
        yield scene.finding(
            worst,
            replica.name,
            f"{replica.name} is behind",
            _lag(scene, replica, by_bytes, by_time),
            checks=[scene.deed("postgres.ping", why="whether it catches up")],
        )


def _lag(
    scene: Scene, replica: Replica, by_bytes: Severity | None, by_time: Severity | None
) -> Iterator[Evidence]:
    if by_bytes is not None and replica.lag_bytes is not None:
        said = f"{figures.size(replica.lag_bytes)} of write-ahead log behind"
        yield scene.measured(said, "postgres.replication_lag_bytes", replica.lag_bytes, by_bytes)
    if by_time is not None and replica.lag_s is not None:
        said = f"{figures.age(replica.lag_s)} behind"
        yield scene.measured(said, "postgres.replication_lag_s", replica.lag_s, by_time)
    if replica.state:
        yield scene.fact(f"state {replica.state}")


def inactive_slot(scene: Scene) -> Iterator[Finding | Unclear]:
    """Slots that nobody reads from. How much they keep decides how bad it is."""
    replication = scene.data(PostgresData).replication
    if replication is None:
        yield Unclear()
        return
    for slot in replication:
        if slot.role != "slot" or slot.active is not False:
            continue
        kept = slot.lag_bytes or 0
        severity = scene.severity("postgres.slot_kept_bytes", kept, slot.name)
        said = f"it keeps {figures.size(slot.lag_bytes)} of write-ahead log"
        amount = (
            scene.measured(said, "postgres.slot_kept_bytes", kept, severity) if severity else scene.fact(said)
        )
        yield scene.finding(
            severity or Severity.INFO,
            slot.name,
            f"nobody reads from the slot {slot.name}, which keeps {figures.size(slot.lag_bytes)}",
            [amount, scene.fact("it is not active")],
            against=["its standby may come back"],
            checks=[scene.deed("disk.free", why="how long the disk lasts")],
        )


def wraparound(scene: Scene) -> Iterator[Finding]:
    """Age of the oldest transaction id of each database."""
    for database in scene.data(PostgresData).databases:
        age = database.frozen_xid_age
        severity = scene.severity("postgres.frozen_xid_age", age, database.name)
        if severity is None or age is None:
            continue
        yield scene.finding(
            severity,
            database.name,
            f"transaction ids of {database.name} run out: {figures.percent(age / LAST_XID)} used",
            [scene.measured(f"age(datfrozenxid) is {age:,}", "postgres.frozen_xid_age", age, severity)],
            checks=[scene.deed("postgres.locks", why="which old transaction holds vacuum up")],
        )


def low_cache_hit(scene: Scene) -> Iterator[Finding | Unclear]:
    """Share of reads found in shared buffers, of databases that have work to do."""
    busy = scene.scope("postgres.busy_commits_per_s")
    for database in scene.data(PostgresData).databases:
        if database.commits_per_s is None or database.commits_per_s < busy:
            yield Unclear(database.name)
            continue
        ratio = database.cache_hit_ratio
        severity = scene.severity("postgres.busy_cache_hit_ratio", ratio, database.name)
        if severity is None or ratio is None:
            continue
        yield scene.finding(
            severity,
            database.name,
            f"{figures.percent(1 - ratio)} of the reads of {database.name} miss the buffer cache",
            [
                scene.measured(
                    f"{figures.percent(ratio)} found in shared buffers",
                    "postgres.busy_cache_hit_ratio",
                    ratio,
                    severity,
                ),
                scene.fact(f"{figures.rate(database.commits_per_s)} commits"),
            ],
            against=["what misses shared buffers may still be in the kernel's cache"],
            checks=[scene.deed("postgres.slow-statements", why="which statement reads so much")],
        )


def temp_spill(scene: Scene) -> Iterator[Finding]:
    """Temporary files that are written now."""
    for database in scene.data(PostgresData).databases:
        written = database.temp_bytes_per_s
        severity = scene.severity("postgres.temp_bytes_per_s", written, database.name)
        if severity is None or written is None:
            continue
        yield scene.finding(
            severity,
            database.name,
            f"queries of {database.name} spill {figures.size(written)}/s to temporary files",
            [
                scene.measured(
                    f"{figures.size(written)} written each second",
                    "postgres.temp_bytes_per_s",
                    written,
                    severity,
                )
            ],
            checks=[scene.deed("postgres.slow-statements", why="which statement sorts or joins so much")],
        )


def slow_statement(scene: Scene) -> Iterator[Finding | Unclear]:
    """A statement that runs now, has run for longer than it should, and takes so long whenever it runs."""
    data = scene.data(PostgresData)
    if data.statements is None:
        yield Unclear()
        return
    known = {_shape(statement.query): statement for statement in reversed(data.statements)}
    worst: dict[str, tuple[Session, Statement]] = {}
    for session in data.sessions:
        if session.state != "active" or session.blocked_by or session.backend_type not in (CLIENT, None):
            continue
        statement = known.get(_shape(session.query)) if session.query else None
        if statement is None:
            continue
        subject = session.application or session.database or ""
        seen = worst.get(subject)
        if seen is None or (session.query_age_s or 0.0) > (seen[0].query_age_s or 0.0):
            worst[subject] = (session, statement)
    total_ms = sum(statement.total_ms for statement in data.statements)
    for subject, (session, statement) in worst.items():
        severity = scene.severity("postgres.statement_s", statement.mean_ms / 1000, subject)
        if severity is None:
            continue
        share = statement.total_ms / total_ms if total_ms else 0.0
        yield scene.finding(
            severity,
            subject,
            f"a statement of {subject} takes {figures.duration(statement.mean_ms / 1000)} each time",
            [
                scene.measured(
                    f"{statement.mean_ms:,.0f} ms on average over {statement.calls} calls",
                    "postgres.statement_s",
                    statement.mean_ms / 1000,
                    severity,
                ),
                scene.fact(f"{figures.percent(share)} of the time of all statements"),
                scene.fact(f"pid {session.pid}, {who(session)}, runs it now"),
                scene.fact(statement.query),
            ],
            checks=[scene.deed("postgres.slow-statements", why="what it costs, beside the others")],
            actions=[scene.deed("postgres.cancel", str(session.pid), "ends it for this time")],
            about=[session.application] if session.application else [],
        )


def _shape(query: str) -> str:
    """A statement without its values and its spacing, to find it again among those that are counted."""
    return _LITERAL.sub("?", " ".join(query[: 2 * COMPARED].split()))[:COMPARED].lower()


RULES = (
    Rule(
        "postgres.replication-lag",
        (Kind.POSTGRES,),
        "How far standbys are behind, in bytes of write-ahead log and in seconds.",
        "Reads from them are old, and after a failover what is missing is gone.",
        replication_lag,
        limits=("postgres.replication_lag_bytes", "postgres.replication_lag_s"),
        hold_s=4.0,
    ),
    Rule(
        "postgres.inactive-slot",
        (Kind.POSTGRES,),
        "Replication slots that nobody reads from, and the write-ahead log that they keep.",
        "The server keeps it until the disk is full.",
        inactive_slot,
        limits=("postgres.slot_kept_bytes",),
        hold_s=4.0,
        clear_s=0.0,
    ),
    Rule(
        "postgres.wraparound",
        (Kind.POSTGRES,),
        "age(datfrozenxid) of every database.",
        "Forty million transactions before the end warnings begin, three million before it the server takes no more.",
        wraparound,
        limits=("postgres.frozen_xid_age",),
    ),
    Rule(
        "postgres.low-cache-hit",
        (Kind.POSTGRES,),
        "The share of reads found in shared buffers, of databases with ten commits a second or more.",
        "Reads that miss wait for a disk.",
        low_cache_hit,
        limits=("postgres.busy_cache_hit_ratio", "postgres.busy_commits_per_s"),
        hold_s=30.0,
        clear_s=30.0,
    ),
    Rule(
        "postgres.temp-spill",
        (Kind.POSTGRES,),
        "Bytes of temporary files written between the last two looks.",
        "Sorts and joins on disk are slow, and take the room of everything else.",
        temp_spill,
        limits=("postgres.temp_bytes_per_s",),
        hold_s=2.0,
        clear_s=10.0,
    ),
    Rule(
        "postgres.slow-statement",
        (Kind.POSTGRES,),
        "Statements that run now and that pg_stat_statements knows to take long on average.",
        "They keep the processors busy, and pages wait for them.",
        slow_statement,
        limits=("postgres.statement_s",),
        clear_s=30.0,
    ),
)
