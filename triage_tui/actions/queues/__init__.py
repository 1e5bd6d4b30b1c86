"""Acting on the queues in a Redis server: emptied with a way back, put back, requeued, paused."""

from __future__ import annotations

from triage_tui.actions.act import Action
from triage_tui.actions.queues.deeds import Pausing, Purge, RequeueDead, Restore
from triage_tui.actions.queues.identity import queue_identity

ACTIONS: tuple[Action, ...] = (Purge(), Restore(), RequeueDead(), Pausing("pause"), Pausing("resume"))

__all__ = ["ACTIONS", "queue_identity"]
