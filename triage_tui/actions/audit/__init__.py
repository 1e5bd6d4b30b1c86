"""Who did what, to what, and what came of it: written before and after, and whether it is whole."""

from triage_tui.actions.audit.log import AuditError, AuditLog

__all__ = ["AuditError", "AuditLog"]
