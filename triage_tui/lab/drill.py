"""A drill: a fault that is really caused, can be undone, and whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from random import Random
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


class Fix(Struct, frozen=True):
    """The action that mends it from the cockpit: its name in the registry of actions, and what it is done to."""

    action: str
    argument: str


class Place(Struct, frozen=True):
    """Where a fault is this time.

    target   name in triage.toml
    subject  what it is about there: a container, a session's pid, `celery:sync`, a folder; "" the target itself
    by_hand  what a person does about it, in a sentence
    fix      None where no action of the cockpit mends it: a setting has to be changed, or somebody outside waited for
    guide    where another one answers it here than elsewhere; "" the drill's own
    """

    target: str
    subject: str
    by_hand: str
    fix: Fix | None = None
    guide: str = ""


Cause = Callable[["Company", Random], AbstractAsyncContextManager[Place]]
"""Entered, the fault is there; left, it is undone, whatever somebody has done about it meanwhile.

Not left at all where the lab ends: everything goes with it anyway.
"""


class Drill(Struct, frozen=True):
    """One practice incident.

    title             what people would report, without the cause
    finding           id of the finding that is its truth
    guide             id of the guide that answers it
    visible_within_s  how long after the fault it can be seen through the sources, at the latest
    cause             what does it; the dice choose place and size, so that nobody learns the answer by heart
    lacks             what has to be installed for it here; None: nothing is missing
    """

    id: str
    title: str
    finding: str
    guide: str
    visible_within_s: float
    cause: Cause
    lacks: Callable[[], str | None] = lambda: None
