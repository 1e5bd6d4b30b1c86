"""The company's databases: made once, on an empty server."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import psycopg
from psycopg import sql

from triage_tui.lab.company.images import HEADS
from triage_tui.lab.company.premises import ROLES, WATCHER, Premises

STATISTICS = "pg_stat_statements"
"""Counts statements, where it is among the libraries that the server loads when it starts."""

SETTINGS = {
    # Few enough that two dozen sessions show on a bar, and that one greedy pool takes them all.
    "max_connections": "60",
    # Who watches gets in when nobody else does.
    "reserved_connections": "3",
    "shared_buffers": "24MB",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_naptime": "5min",
    "bgwriter_delay": "10s",
    "wal_writer_delay": "5s",
    "checkpoint_timeout": "30min",
}
"""Of postgresql.conf. The server of an idle company wakes up as seldom as it can."""

_STACKS = {"therapy_platform": "therapy", "residency_scheduler": "residency"}


def settings_for(bindir: Path) -> dict[str, str]:
    """With statistics of statements where the server's installation has them."""
    found = any((bindir.parent).glob(f"lib/**/{STATISTICS}.*"))
    return SETTINGS | ({"shared_preload_libraries": STATISTICS} if found else {})


def make_databases(premises: Premises) -> None:
    """Roles, databases, tables and rows. Raises psycopg.Error."""
    server = premises.postgres.url
    with psycopg.connect(server, autocommit=True) as connection:
        for role in (*ROLES.values(), WATCHER):
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(premises.secrets[role])
                )
            )
        connection.execute(
            sql.SQL("GRANT pg_monitor, pg_signal_backend TO {}").format(sql.Identifier(WATCHER))
        )
        if connection.info.server_version >= 160000:
            connection.execute(
                sql.SQL("GRANT pg_use_reserved_connections TO {}").format(sql.Identifier(WATCHER))
            )
        for database, role in ROLES.items():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(role))
            )
    for database in ROLES:
        _fill(premises, database)


def _fill(premises: Premises, database: str) -> None:
    with psycopg.connect(premises.postgres.url, dbname=database) as connection:
        loaded = connection.execute("SHOW shared_preload_libraries").fetchone()
        if loaded and STATISTICS in loaded[0]:
            connection.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(STATISTICS)))
    with psycopg.connect(premises.database_url(database)) as connection:
        connection.execute(resources.files(__package__).joinpath(f"sql/{database}.sql").read_bytes())
        if database in _STACKS:
            connection.execute("INSERT INTO alembic_version VALUES (%s)", [HEADS[_STACKS[database]]])
            connection.execute(
                sql.SQL("GRANT SELECT ON alembic_version TO {}").format(sql.Identifier(WATCHER))
            )
