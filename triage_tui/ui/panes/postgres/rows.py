"""Sessions as rows: the blocking tree, then whoever else holds a transaction open or runs something."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.text import figures
from triage_tui.ui.cells import Cell
from triage_tui.ui.glance import Glance
from triage_tui.ui.palette import Tone
from triage_tui.ui.panes.postgres.words import app_of, lock_of, owner_of, short_state, state_tone
from triage_tui.ui.rows import Row

DEEPEST_INDENT = 4
"""Levels of the tree that are drawn as indentation; what lies deeper is drawn at this level."""

QUIET_TRANSACTION_S = 5.0
"""A session idle in a transaction for less than this is between two statements of a program, not forgotten."""


def rows_of(glance: Glance, data: PostgresData) -> Sequence[Row]:
    """The blocking tree, then the others, those of the longest transaction first."""
    sessions = {session.pid: session for session in data.sessions}
    rows: list[Row] = []
    path: list[str] = []
    for index, node in enumerate(data.blocking):
        del path[node.depth :]
        key = _key(node, sessions.get(node.pid), path, index)
        rows.append(_node_row(glance, node, sessions.get(node.pid), key, path[-1] if path else None))
        path.append(key)
    shown = {node.pid for node in data.blocking}
    others = [s for s in data.sessions if s.pid not in shown and _is_busy(s)]
    others.sort(key=lambda s: -(s.transaction_age_s or s.query_age_s or 0.0))
    rows.extend(_session_row(glance, session) for session in others)
    return rows


def _is_busy(session: Session) -> bool:
    if session.backend_type not in (None, "client backend"):
        return False
    if session.state is None or session.state == "idle":
        return False
    quiet = session.state == "idle in transaction" and (session.state_age_s or 0.0) < QUIET_TRANSACTION_S
    return not quiet


def _key(node: Blocking, session: Session | None, path: list[str], index: int) -> str:
    if node.prepared is not None:
        return f"prepared:{node.prepared}"
    started = session.backend_start if session is not None else None
    # A backend that waits for several others hangs below each of them, and is one row there.
    place = path[-1] if path else ""
    return f"{node.pid}|{started or ''}|{place if node.depth else ''}"


def _node_row(glance: Glance, node: Blocking, session: Session | None, key: str, parent: str | None) -> Row:
    indent = "  " * (min(node.depth, DEEPEST_INDENT) - 1) + "└ " if node.depth else ""
    status, tone, since = _node_status(glance, node, session)
    who = (
        owner_of(session)
        if session is not None
        else "prepared transaction"
        if node.prepared
        else figures.UNKNOWN
    )
    app = app_of(session) if session is not None else who
    query = (session.query or figures.UNKNOWN) if session is not None else (node.prepared or figures.UNKNOWN)
    lock = lock_of(node) if node.waits_for is not None else ""
    return Row(
        key=key,
        parent=parent,
        cells={
            "pid": Cell(
                indent + ("gid" if node.prepared else str(node.pid)), "strong" if node.depth == 0 else "text"
            ),
            "status": Cell(status, tone),
            "since": Cell(figures.elapsed(since), tone),
            "victims": Cell(str(node.victims) if node.victims else "", "bad"),
            "app": Cell(app),
            "who": Cell(who),
            "lock": Cell(lock, "dim"),
            "query": Cell(query),
            "client": Cell((session.client or "local") if session is not None else "", "dim"),
        },
        sort={
            "pid": node.pid,
            "status": "0" if node.depth == 0 else "1",
            "since": since,
            "victims": node.victims,
            "app": app,
            "who": who,
            "lock": lock or None,
            "client": session.client if session is not None else None,
        },
        words=f"{node.pid} {app} {who} {status} {lock} {query}".lower(),
    )


def _node_status(glance: Glance, node: Blocking, session: Session | None) -> tuple[str, Tone, float | None]:
    if node.cycle:
        return "✗ deadlock", "bad", node.wait_s
    if node.waits_for is not None:
        tone = glance.tone("postgres.longest_wait_s", node.wait_s)
        return "◌ waits", tone if tone != "text" else "warn", node.wait_s
    age = (
        (session.transaction_age_s if session.transaction_age_s is not None else session.state_age_s)
        if session
        else None
    )
    if node.prepared is not None:
        return "✗ prepared", "bad", age
    if session is not None and session.state is not None and session.state.startswith("idle in transaction"):
        return "✗ blocks, idle", "bad", age
    return "✗ blocks", "bad", age


def _session_row(glance: Glance, session: Session) -> Row:
    state = session.state or figures.UNKNOWN
    since = _since(session)
    tone = glance.tone("postgres.longest_transaction_s", since)
    symbol = "✗" if state.endswith("(aborted)") else "▲" if tone in ("warn", "bad") else "●"
    who, app = owner_of(session), app_of(session)
    return Row(
        key=f"{session.pid}|{session.backend_start or ''}|",
        cells={
            "pid": Cell(str(session.pid)),
            "status": Cell(f"{symbol} {short_state(state)}", state_tone(state)),
            "since": Cell(figures.elapsed(since), tone),
            "victims": Cell(""),
            "app": Cell(app),
            "who": Cell(who),
            "lock": Cell(""),
            "query": Cell(session.query or figures.UNKNOWN),
            "client": Cell(session.client or "local", "dim"),
        },
        sort={
            "pid": session.pid,
            "status": "2" + state,
            "since": since,
            "victims": 0,
            "who": who,
            "client": session.client,
        },
        words=f"{session.pid} {app} {who} {state} {session.query or ''}".lower(),
    )


def _since(session: Session) -> float | None:
    """Age of its transaction; a failed one has none, and neither has a look at a session of somebody else."""
    known = (session.transaction_age_s, session.query_age_s, session.state_age_s)
    return next((age for age in known if age is not None), None)
