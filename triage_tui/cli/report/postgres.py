"""PostgreSQL in the plain report: connections, the blocking tree, and who holds transactions open."""

from __future__ import annotations

from triage_tui.cli.report.layout import Column, table
from triage_tui.model.migrations import Migrations
from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.text import figures

_TREE = (
    Column("PID"),
    Column("STATE", least=8),
    Column("FOR", right=True),
    Column("VICTIMS", right=True),
    Column("WHO", least=12),
    Column("WANTS", least=10),
    Column("QUERY", least=20),
)
_OTHERS = (
    Column("PID"),
    Column("STATE", least=8),
    Column("TRANSACTION", right=True),
    Column("WHO", least=12),
    Column("QUERY", least=20),
)

OPEN_TRANSACTION_S = 5.0
"""Transactions younger than this are ordinary work and are not listed."""


def body(data: PostgresData, width: int) -> list[str]:
    """The connection count, the tree with root blockers first, then old transactions."""
    used, limit = data.connections_used, data.max_connections
    reserved = f", {data.reserved_connections} of them reserved" if data.reserved_connections else ""
    states = ", ".join(f"{n} {state}" for state, n in sorted(data.connections.items(), key=lambda s: -s[1]))
    lines = [
        f"  {data.version}{', standby' if data.in_recovery else ''}: "
        f"{used}/{figures.count(limit)} connections{reserved}{f' ({states})' if states else ''}"
    ]
    sessions = {session.pid: session for session in data.sessions}
    if data.blocking:
        lines.append("  who blocks whom:")
        lines += table(_TREE, [_node(n, sessions.get(n.pid)) for n in data.blocking], width, "    ")
    shown = {node.pid for node in data.blocking}
    open_for_long = [
        session
        for session in data.sessions
        if session.pid not in shown and (session.transaction_age_s or 0.0) >= OPEN_TRANSACTION_S
    ]
    if open_for_long:
        open_for_long.sort(key=lambda session: -(session.transaction_age_s or 0.0))
        lines.append("  open transactions:")
        lines += table(_OTHERS, [_session(session) for session in open_for_long], width, "    ")
    return lines + [_schema(one) for one in data.migrations or ()]


def _schema(one: Migrations) -> str:
    at = one.applied[-1] if one.applied else "nothing yet"
    if one.failed:
        state = f", {len(one.failed)} broke off"
    elif one.behind is None:
        state = ""
    else:
        state = f", {len(one.behind)} behind {one.wanted_by}" if one.behind else ", up to date"
    return f"  {one.database}: {one.tool} at {at}{state}"


def who(session: Session | None) -> str:
    """`user@database application` as far as it is known."""
    if session is None:
        return figures.UNKNOWN
    place = f"{session.user or figures.UNKNOWN}@{session.database or figures.UNKNOWN}"
    return f"{place} {session.application}" if session.application else place


def _node(node: Blocking, session: Session | None) -> tuple[str, ...]:
    pid = f"prepared {node.prepared}" if node.prepared is not None else str(node.pid)
    state = (session.state if session is not None else None) or figures.UNKNOWN
    wants = " ".join(part for part in (node.mode, node.relation) if part)
    since = (
        node.wait_s if node.waits_for is not None else session.state_age_s if session is not None else None
    )
    return (
        "  " * node.depth + pid,
        f"{'CYCLE ' if node.cycle else ''}{state}",
        figures.duration(since),
        str(node.victims),
        who(session),
        wants or figures.ABSENT,
        (session.query if session is not None else None) or figures.UNKNOWN,
    )


def _session(session: Session) -> tuple[str, ...]:
    return (
        str(session.pid),
        session.state or figures.UNKNOWN,
        figures.duration(session.transaction_age_s),
        who(session),
        session.query or figures.UNKNOWN,
    )
