"""The team's own commands from triage.toml: a program and its arguments, never a shell."""

from __future__ import annotations

from triage_tui.actions.commands.deed import OwnCommand, command_actions

__all__ = ["OwnCommand", "command_actions"]
