"""Starting, stopping and freezing containers, each by its id and when it started."""

from __future__ import annotations

from triage_tui.actions.act import Action
from triage_tui.actions.docker.deeds import VERBS, OneContainer, RestartProject
from triage_tui.actions.docker.identity import container_identity

ACTIONS: tuple[Action, ...] = (*map(OneContainer, VERBS), RestartProject())

__all__ = ["ACTIONS", "container_identity"]
