"""PostgreSQL: how many connections are left, and who blocks whom."""

from triage_tui.ui.panes.postgres.face import Postgres

__all__ = ["Postgres"]
