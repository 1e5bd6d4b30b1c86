"""PgBouncer's admin console: pools, who waits for them, and who is behind each backend."""

from triage_tui.sources.pgbouncer.source import PgbouncerSource

__all__ = ["PgbouncerSource"]
