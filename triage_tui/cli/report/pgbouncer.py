"""A connection pooler in the plain report."""

from __future__ import annotations

from triage_tui.cli.report.layout import Column, table
from triage_tui.model.pgbouncer import PgbouncerData, Pool
from triage_tui.text import figures

_COLUMNS = (
    Column("POOL", least=12),
    Column("MODE"),
    Column("CLIENTS", right=True),
    Column("WAITING", right=True),
    Column("LONGEST", right=True),
    Column("BUSY", right=True),
    Column("IDLE", right=True),
    Column("SIZE", right=True),
)


def body(data: PgbouncerData, width: int) -> list[str]:
    """Clients against their limit, then pools: those that make clients wait first."""
    limit = f" of {figures.count(data.max_clients)}" if data.max_clients else ""
    queries = [one.queries_per_s for one in data.traffic if one.queries_per_s is not None]
    rate = f", {figures.rate(sum(queries))} queries" if queries else ""
    lines = [f"  PgBouncer {data.version}: {figures.count(data.clients)}{limit} clients{rate}"]
    return lines + (table(_COLUMNS, [_row(pool) for pool in data.pools], width) if data.pools else [])


def _row(pool: Pool) -> tuple[str, ...]:
    return (
        pool.subject,
        pool.mode or figures.ABSENT,
        figures.count(pool.cl_active + pool.cl_waiting),
        figures.count(pool.cl_waiting),
        figures.duration(pool.maxwait_s) if pool.cl_waiting else figures.ABSENT,
        figures.count(pool.sv_active),
        figures.count(pool.sv_idle),
        figures.count(pool.size),
    )
