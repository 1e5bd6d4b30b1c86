"""PostgreSQL: how many connections are left, and who blocks whom."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model import Kind, Sighting
from triage_tui.model.postgres import Blocking, PostgresData, Session
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance, gauge, labelled
from triage_tui.ui.palette import Tone
from triage_tui.ui.rows import Column, Row

STATE_ORDER = ("idle in transaction (aborted)", "idle in transaction", "active", "idle")
"""The most telling first: a narrow pane cuts the last."""

DEEPEST_INDENT = 4
"""Levels of the tree that are drawn as indentation; what lies deeper is drawn at this level."""

QUIET_TRANSACTION_S = 5.0
"""A session idle in a transaction for less than this is between two statements of a program, not forgotten."""


class Postgres:
    """The face of a PostgreSQL server."""

    kind = Kind.POSTGRES
    title = "PostgreSQL"
    none = "no server is watched: set DATABASE_URL or PGHOST, or run `triage init`"
    columns = (
        Column("pid", "pid", 11),
        Column("status", "status", 14),
        Column("since", "for", 6, align="right", rank=1),
        Column("victims", "blks", 4, align="right", rank=1),
        Column("app", "app", 12, flex=1, most=24, rank=2),
        Column("query", "query", 12, flex=4, rank=2, most=160, sortable=False),
        Column("lock", "wants lock", 16, rank=4, flex=1, most=36),
        Column("who", "user@db", 12, rank=5, flex=1, most=24),
        Column("client", "client", 14, rank=8, flex=1, most=24),
    )

    def headline(self, glance: Glance, sighting: Sighting) -> Line:
        """`3 roots block 12  1 prepared`."""
        data = _data(sighting)
        if data is None:
            return ()
        roots = [node for node in data.blocking if node.depth == 0]
        waiting = len({node.pid for node in data.blocking if node.waits_for is not None})
        parts: list[Line] = []
        if any(node.cycle for node in data.blocking):
            parts.append((Cell("deadlock", "bad"),))
        if waiting:
            blocker = "1 session blocks" if len(roots) == 1 else f"{len(roots)} sessions block"
            parts.append((Cell(f"{blocker} {waiting}", "bad"),))
        elif "blocking" not in {gap.part for gap in sighting.gaps}:
            parts.append((Cell("nobody waits for a lock", "dim"),))
        if data.prepared:
            parts.append((Cell(f"{len(data.prepared)} prepared", "warn"),))
        return join(parts)

    def summary(self, glance: Glance, sighting: Sighting, width: int, low: bool) -> Sequence[Line]:
        """Connections against the limit, then rates."""
        data = _data(sighting)
        if data is None:
            return ()
        connections = self._connections(glance, data, width)
        return (connections,) if low else (connections, self._rates(data))

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """The blocking tree, then whoever else holds a transaction open or runs something, the longest first."""
        data = _data(sighting)
        if data is None:
            return ()
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

    def subject(self, row: Row) -> str:
        """A session is known by its row."""
        return row.key

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """Nobody blocks and nothing runs."""
        return "nobody waits for a lock and no transaction is open" if _data(sighting) is not None else ""

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """One session, with the whole of its query."""
        data = _data(sighting)
        if data is None:
            return ()
        if key.startswith("prepared:"):
            return _prepared_details(data, key.removeprefix("prepared:"))
        pid = _pid(key)
        session = next((s for s in data.sessions if s.pid == pid), None)
        node = next((n for n in data.blocking if n.pid == pid), None)
        if session is None:
            return ()
        known = [
            ("pid", str(session.pid)),
            ("state", session.state or figures.UNKNOWN),
            ("user", session.user or figures.UNKNOWN),
            ("database", session.database or figures.UNKNOWN),
            ("application", session.application or figures.ABSENT),
            ("client", session.client or "local socket"),
            ("connected", figures.instant(session.backend_start)),
            ("transaction", figures.duration(session.transaction_age_s)),
            ("statement", figures.duration(session.query_age_s)),
            ("in this state", figures.duration(session.state_age_s)),
            ("waits on", _wait(session)),
        ]
        if node is not None and node.waits_for is not None:
            known.append(("blocked by", ", ".join(map(str, session.blocked_by)) or figures.UNKNOWN))
            known.append(("wants", _lock(node)))
        if node is not None and node.victims:
            known.append(("blocks", f"{node.victims} sessions"))
        known.append(("query", session.query or figures.UNKNOWN))
        return known

    def _connections(self, glance: Glance, data: PostgresData, width: int) -> Line:
        used, limit = data.connections_used, data.max_connections
        ratio = data.connections_ratio
        tone = glance.tone("postgres.connections_ratio", ratio)
        bar = (
            Cell("conn ", "dim"),
            *gauge(ratio, max(8, min(24, width // 6)), tone),
            Cell(f" {used}/{limit if limit is not None else figures.UNKNOWN}", tone),
            Cell(f" ({data.reserved_connections} reserved)" if data.reserved_connections else "", "dim"),
        )
        states = [*STATE_ORDER, *sorted(set(data.connections) - set(STATE_ORDER))]
        parts = [
            (Cell(f"{data.connections[state]} {_short_state(state)}", _state_tone(state)),)
            for state in states
            if data.connections.get(state)
        ]
        return join([bar, *parts])

    def _rates(self, data: PostgresData) -> Line:
        commits = _total([database.commits_per_s for database in data.databases])
        rollbacks = _total([database.rollbacks_per_s for database in data.databases])
        parts: list[Line] = [
            (Cell(f"v{data.version}", "dim"),),
            labelled("commits", figures.rate(commits)),
            labelled(
                "rollbacks", figures.rate(rollbacks), "warn" if (rollbacks or 0) > (commits or 0) else "text"
            ),
        ]
        deadlocks = _total([database.deadlocks_per_s for database in data.databases])
        if deadlocks:
            parts.append((Cell(f"{figures.rate(deadlocks)} deadlocks", "bad"),))
        hits = [d.cache_hit_ratio for d in data.databases if d.name == data.database]
        if hits and hits[0] is not None:
            parts.append((Cell(f"cache {figures.percent(hits[0])}"),))
        if data.in_recovery:
            parts.append((Cell("standby", "accent"),))
        for replica in data.replication or ():
            lag = (
                figures.size(replica.lag_bytes)
                if replica.lag_bytes is not None
                else figures.duration(replica.lag_s)
            )
            word = "slot " if replica.role == "slot" else ""
            tone: Tone = "warn" if replica.role == "slot" and replica.active is False else "text"
            parts.append(
                (Cell(f"{word}{replica.name} {replica.state or ''} {lag} behind".replace("  ", " "), tone),)
            )
        if data.sessions_cut:
            parts.append((Cell(f"{data.sessions_cut} sessions not read", "warn"),))
        return join(parts)


def _data(sighting: Sighting) -> PostgresData | None:
    return sighting.data if isinstance(sighting.data, PostgresData) else None


def _total(rates: Sequence[float | None]) -> float | None:
    known = [rate for rate in rates if rate is not None]
    return sum(known) if known else None


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


def _prepared_details(data: PostgresData, gid: str) -> Sequence[tuple[str, str]]:
    found = next((prepared for prepared in data.prepared or () if prepared.gid == gid), None)
    if found is None:
        return ()
    return (
        ("prepared", found.gid),
        ("database", found.database or figures.UNKNOWN),
        ("owner", found.owner or figures.UNKNOWN),
        ("age", figures.duration(found.age_s)),
    )


def _pid(key: str) -> int | None:
    head = key.partition("|")[0]
    return int(head) if head.lstrip("-").isdigit() else None


def _node_row(glance: Glance, node: Blocking, session: Session | None, key: str, parent: str | None) -> Row:
    indent = "  " * (min(node.depth, DEEPEST_INDENT) - 1) + "└ " if node.depth else ""
    status, tone, since = _node_status(glance, node, session)
    who = (
        _who(session) if session is not None else "prepared transaction" if node.prepared else figures.UNKNOWN
    )
    app = _app(session) if session is not None else who
    query = (session.query or figures.UNKNOWN) if session is not None else (node.prepared or figures.UNKNOWN)
    lock = _lock(node) if node.waits_for is not None else ""
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
    who, app = _who(session), _app(session)
    return Row(
        key=f"{session.pid}|{session.backend_start or ''}|",
        cells={
            "pid": Cell(str(session.pid)),
            "status": Cell(f"{symbol} {_short_state(state)}", _state_tone(state)),
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


def _short_state(state: str) -> str:
    match state:
        case "idle in transaction":
            return "idle in tx"
        case "idle in transaction (aborted)":
            return "aborted tx"
        case _:
            return state


def _state_tone(state: str) -> Tone:
    if state.endswith("(aborted)"):
        return "bad"
    return "warn" if state.startswith("idle in transaction") else "dim" if state == "idle" else "text"


def _app(session: Session) -> str:
    """The name that a program gave itself; where it gave none, the user it logs in as."""
    return session.application or session.user or figures.UNKNOWN


def _who(session: Session) -> str:
    return f"{session.user or figures.UNKNOWN}@{session.database or figures.UNKNOWN}"


def _lock(node: Blocking) -> str:
    mode = (node.mode or figures.UNKNOWN).removesuffix("Lock")
    return f"{mode} {node.relation}" if node.relation else mode


def _wait(session: Session) -> str:
    if session.wait_event_type is None and session.wait_event is None:
        return figures.ABSENT
    return f"{session.wait_event_type or figures.UNKNOWN} {session.wait_event or ''}".rstrip()
