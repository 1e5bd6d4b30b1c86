"""Acting on a Redis server: closing the connection of one client."""

from __future__ import annotations

from triage_tui.actions.act import Action
from triage_tui.actions.redis.client_kill import ClientKill, client_identity

ACTIONS: tuple[Action, ...] = (ClientKill(),)

__all__ = ["ACTIONS", "client_identity"]
