"""One session, or one prepared transaction, with all that is known about it."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.postgres import PostgresData
from triage_tui.text import figures
from triage_tui.ui.panes.postgres.words import lock_of, wait_of


def details_of(data: PostgresData, key: str) -> Sequence[tuple[str, str]]:
    """One session, with the whole of its query; empty where it is gone."""
    if key.startswith("prepared:"):
        return _prepared(data, key.removeprefix("prepared:"))
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
        ("waits on", wait_of(session)),
    ]
    if node is not None and node.waits_for is not None:
        known.append(("blocked by", ", ".join(map(str, session.blocked_by)) or figures.UNKNOWN))
        known.append(("wants", lock_of(node)))
    if node is not None and node.victims:
        known.append(("blocks", f"{node.victims} sessions"))
    known.append(("query", session.query or figures.UNKNOWN))
    return known


def _prepared(data: PostgresData, gid: str) -> Sequence[tuple[str, str]]:
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
