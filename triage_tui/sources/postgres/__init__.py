"""PostgreSQL 13 and newer: sessions, locks, rates, replication, statements."""

from triage_tui.sources.postgres.source import PostgresSource

__all__ = ["PostgresSource"]
