"""The face of a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model import Kind, Sighting
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance
from triage_tui.ui.panes.postgres.details import details_of
from triage_tui.ui.panes.postgres.rows import rows_of
from triage_tui.ui.panes.postgres.summary import connections, rates
from triage_tui.ui.panes.postgres.words import data_of
from triage_tui.ui.rows import Column, Row


class Postgres:
    """The face of a PostgreSQL server."""

    kind = Kind.POSTGRES
    title = "PostgreSQL"
    whole = ""
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
        data = data_of(sighting)
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
        data = data_of(sighting)
        if data is None:
            return ()
        used = connections(glance, data, width)
        return (used,) if low else (used, rates(data))

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """The blocking tree, then whoever else holds a transaction open or runs something, the longest first."""
        data = data_of(sighting)
        return rows_of(glance, data) if data is not None else ()

    def subject(self, row: Row) -> str:
        """A session is known by its row."""
        return row.key

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """Nobody blocks and nothing runs."""
        return "nobody waits for a lock and no transaction is open" if data_of(sighting) is not None else ""

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """One session, with the whole of its query."""
        data = data_of(sighting)
        return details_of(data, key) if data is not None else ()
