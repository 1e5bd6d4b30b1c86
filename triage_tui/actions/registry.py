"""Every action by its id. The room of a kind is loaded when one of its actions is first asked for."""

from __future__ import annotations

from importlib import import_module

from triage_tui.actions.act import Action, Refused
from triage_tui.model.deeds import ACTIONS
from triage_tui.text import safe
from triage_tui.text.nearest import nearest

ROOMS: dict[str, str] = {
    "docker": "triage_tui.actions.docker",
    "compose": "triage_tui.actions.docker",
    "postgres": "triage_tui.actions.postgres",
    "process": "triage_tui.actions.process",
    "queue": "triage_tui.actions.queues",
    "redis": "triage_tui.actions.redis",
}
"""First part of an id → the module that exports `ACTIONS`."""

KEYS: dict[str, str] = {
    "docker.restart": "R",
    "docker.start": "S",
    "docker.stop": "X",
    "docker.kill": "K",
    "docker.pause": "P",
    "docker.unpause": "U",
    "compose.restart": "C",
    "postgres.cancel": "C",
    "postgres.terminate": "T",
    "postgres.terminate-idle": "I",
    "queue.purge": "D",
    "queue.restore": "Z",
    "queue.requeue-dead": "R",
    "queue.pause": "P",
    "queue.resume": "U",
    "redis.client-kill": "K",
    "process.signal": "K",
}
"""The key on a row to which the action applies. Never a plain lowercase letter; each once within a kind of row."""


def here() -> tuple[str, ...]:
    """Ids of the actions that can be done, in the order of model/deeds.py. Loads nothing."""
    return tuple(id for id in ACTIONS if id.partition(".")[0] in ROOMS)


def find(id: str) -> Action:
    """The action of an id. Raises Refused where there is none."""
    room = ROOMS.get(id.partition(".")[0])
    if room is not None:
        actions: tuple[Action, ...] = import_module(room).ACTIONS
        for action in actions:
            if action.id == id:
                return action
    near = nearest(id, here())
    hint = f"Did you mean {near}?" if near else "`triage actions` lists them."
    raise Refused("action", f"there is no action {safe(id, limit=80)}", hint)
