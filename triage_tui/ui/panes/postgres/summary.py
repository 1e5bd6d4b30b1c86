"""How full the server is, and how busy."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.postgres import PostgresData
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance, gauge, labelled
from triage_tui.ui.palette import Tone
from triage_tui.ui.panes.postgres.words import short_state, state_tone

STATE_ORDER = ("idle in transaction (aborted)", "idle in transaction", "active", "idle")
"""The most telling first: a narrow pane cuts the last."""


def connections(glance: Glance, data: PostgresData, width: int) -> Line:
    """Connections against the limit, by state."""
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
        (Cell(f"{data.connections[state]} {short_state(state)}", state_tone(state)),)
        for state in states
        if data.connections.get(state)
    ]
    return join([bar, *parts])


def rates(data: PostgresData) -> Line:
    """What is done in a second, the cache, and who follows."""
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


def _total(rates: Sequence[float | None]) -> float | None:
    known = [rate for rate in rates if rate is not None]
    return sum(known) if known else None
