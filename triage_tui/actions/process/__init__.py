"""Signals to processes of this machine, each to the one that was meant."""

from __future__ import annotations

from triage_tui.actions.act import Action
from triage_tui.actions.process.deed import SendSignal
from triage_tui.actions.process.identity import process_identity

ACTIONS: tuple[Action, ...] = (SendSignal(),)

__all__ = ["ACTIONS", "process_identity"]
