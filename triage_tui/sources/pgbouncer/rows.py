"""The console's rows made into structs. Columns are read by name: every version adds some. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from triage_tui.model.pgbouncer import Pool, PooledClient, Traffic
from triage_tui.text import safe

CONSOLE = "pgbouncer"
"""The console's own database, which shows up among the pools."""

MOST_POOLS = 500
MOST_LINKED = 300
"""Clients with a backend that are kept. A pooler has far fewer connections to its server than clients."""

Row = Mapping[str, Any]


def pools(rows: Iterable[Row], databases: Iterable[Row]) -> tuple[Pool, ...]:
    """SHOW POOLS, with sizes from SHOW DATABASES; those that make clients wait first."""
    sizes = {text(row, "name"): number(row, "pool_size") for row in databases}
    found = [
        Pool(
            database=text(row, "database") or "",
            user=text(row, "user") or "",
            cl_active=number(row, "cl_active") or 0,
            cl_waiting=number(row, "cl_waiting") or 0,
            sv_active=number(row, "sv_active") or 0,
            sv_idle=number(row, "sv_idle") or 0,
            sv_used=number(row, "sv_used") or 0,
            sv_tested=number(row, "sv_tested") or 0,
            sv_login=number(row, "sv_login") or 0,
            maxwait_s=(number(row, "maxwait") or 0) + (number(row, "maxwait_us") or 0) / 1e6,
            mode=text(row, "pool_mode"),
            size=sizes.get(text(row, "database")) or None,
        )
        for row in rows
        if text(row, "database") != CONSOLE
    ]
    found.sort(key=lambda pool: (-pool.maxwait_s, -pool.cl_waiting, -pool.cl_active, pool.subject))
    return tuple(found[:MOST_POOLS])


def traffic(rows: Iterable[Row]) -> tuple[Traffic, ...]:
    """SHOW STATS: times there are in microseconds, averages are of the last stats_period."""
    return tuple(
        Traffic(
            database=text(row, "database") or "",
            transactions_per_s=_float(row, "avg_xact_count"),
            queries_per_s=_float(row, "avg_query_count"),
            query_ms=_thousandth(row, "avg_query_time"),
            wait_ms=_thousandth(row, "avg_wait_time"),
        )
        for row in rows
        if text(row, "database") != CONSOLE
    )[:MOST_POOLS]


def linked(servers: Iterable[Row], clients: Iterable[Row]) -> tuple[tuple[PooledClient, ...], int]:
    """Each backend with the client that uses it now, and how many were left out.

    A row of SHOW SERVERS names the client that it is linked to by the address of the pooler's own struct, which is the
    client's `ptr` in SHOW CLIENTS. Both tables are read one after the other: a link that leads nowhere has ended.
    """
    by_ptr = {text(row, "ptr"): row for row in clients}
    found = []
    for row in servers:
        link = text(row, "link")
        client = by_ptr.get(link) if link else None
        if client is None:
            continue
        found.append(
            PooledClient(
                via=address(row, "local_addr", "local_port"),
                client=address(client, "addr", "port"),
                backend_pid=number(row, "remote_pid") or None,
                server=address(row, "addr", "port"),
                application=text(client, "application_name"),
                user=text(client, "user"),
                database=text(row, "database"),
            )
        )
    return tuple(found[:MOST_LINKED]), max(0, len(found) - MOST_LINKED)


def text(row: Row, name: str) -> str | None:
    """A column's text made safe; None where it is empty or not there."""
    value = row.get(name)
    if isinstance(value, bytes | str):
        return safe(value, limit=200) or None
    return None if value is None else str(value)


def number(row: Row, name: str) -> int | None:
    """A column's whole number; None where it is not there."""
    try:
        return int(row[name])
    except (KeyError, TypeError, ValueError):
        return None


def address(row: Row, host: str, port: str) -> str:
    """`10.0.0.7:41210` as PostgreSQL's sessions show it; `local` for a Unix socket."""
    where = text(row, host) or ""
    return "local" if where in ("", "unix") else f"{where}:{number(row, port) or 0}"


def _float(row: Row, name: str) -> float | None:
    value = number(row, name)
    return float(value) if value is not None else None


def _thousandth(row: Row, name: str) -> float | None:
    value = number(row, name)
    return value / 1000 if value is not None else None
