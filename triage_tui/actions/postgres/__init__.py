"""Ending statements and sessions of a PostgreSQL server, each by its pid and the instant at which it began."""

from __future__ import annotations

from triage_tui.actions.act import Action
from triage_tui.actions.postgres.deeds import EndSession, TerminateIdle
from triage_tui.actions.postgres.identity import session_identity

ACTIONS: tuple[Action, ...] = (EndSession("cancel"), EndSession("terminate"), TerminateIdle())

__all__ = ["ACTIONS", "session_identity"]
