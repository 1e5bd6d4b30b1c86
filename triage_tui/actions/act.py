"""The words that everything here is said in: what is asked for, what it would do, what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.model import Kind, Picture


class Danger(StrEnum):
    """What is at stake.

    mild        it goes on as before afterwards (unpause, resume, putting back what was purged)
    disruptive  somebody notices: a restart, a statement that is cancelled
    final       it cannot be undone: guard says what that means
    """

    MILD = "mild"
    DISRUPTIVE = "disruptive"
    FINAL = "final"


class Identity(Struct, frozen=True):
    """What exactly is acted on, so that another one under the same name is not taken for it.

    shown  for people: `platform-api-1 (3f2a9c1b, started 02:14:07 UTC)`
    parts  what has to be equal, by name: a container's id and StartedAt, a backend's pid and backend_start,
           a process's pid and create time, a client's id and address, a queue's system and key
    """

    shown: str
    parts: tuple[tuple[str, str], ...]


class Order(Struct, frozen=True):
    """What somebody asks for.

    action      an id of model/deeds.py, or `command.NAME` of triage.toml
    target      name of the target that it goes through
    argument    the container, pid, queue, client, project; "" where the target itself is meant
    parameters  by name, as the action declares them
    pinned      the identity that was on the screen when the key was pressed; None: whatever answers to the argument
                when the preview is made
    seen_at     monotonic seconds at which the data behind the key press were taken; None: nothing was on a screen
    finding     key of the finding that it is to mend, for the verdict and the history; None: there is none
    """

    action: str
    target: str
    argument: str = ""
    parameters: Mapping[str, str] = {}
    pinned: Identity | None = None
    seen_at: float | None = None
    finding: tuple[str, str, str] | None = None


class Preview(Struct, frozen=True):
    """What an order would do, read from the server just now. Nothing has been changed yet.

    identity   what it would be done to, and `endpoint` where that is
    title      one line: "restart container platform-api-1"
    facts      label and value: age, owner, state, type and length, …
    affects    one line for each thing or person that would notice: dependants, blocked sessions, keys and sizes
    sends      the exact calls, as they would be sent, without secrets
    undo       how it can be undone, or how it goes on as before; None: neither, and then the danger is final
    taken_at   monotonic seconds at which it was read
    held       what the action itself needs to remember between preview and run
    """

    order: Order
    identity: Identity
    endpoint: str
    title: str
    danger: Danger
    facts: tuple[tuple[str, str], ...]
    affects: tuple[str, ...]
    sends: tuple[str, ...]
    undo: str | None
    taken_at: float
    held: Mapping[str, str] = {}


class Came(StrEnum):
    """What came of it. Only done is success.

    done      the server said so, and a second look agrees
    not_done  the server refused, or nothing was there to do it to
    unknown   no answer, or one that cannot be told from nothing: look before trying again
    refused   a guard of ours said no: nothing was sent
    """

    DONE = "done"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Result(Struct, frozen=True):
    """What came of an order. message: one line, with the server's own words; tells: further lines.

    refusal  the `kind` of the Refused behind it, where a guard refused
    """

    came: Came
    message: str
    tells: tuple[str, ...] = ()
    refusal: str | None = None


class Refused(Exception):
    """A guard of ours, or what was found, forbids it. Nothing was sent.

    kind       a word for scripts: read-only, stale, changed, gone, confirm, unavailable, permission, audit, …
    next_step  one sentence
    """

    def __init__(self, kind: str, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.next_step = next_step


class Permit(Protocol):
    """Asked by every connection that changes something, immediately before each call that does."""

    def check(self) -> None:
        """Raises Refused where acting is not allowed (any more)."""
        ...


class Reach(Protocol):
    """What an action may use of the rest."""

    @property
    def settings(self) -> Settings: ...

    def spec(self, target: str) -> TargetSpec:
        """The target by name, discovered ones included. Raises Refused."""
        ...

    def picture(self) -> Picture:
        """The latest picture."""
        ...


Progress = Callable[[str], None]
"""Tells in a line what is being waited for."""


class Parameter(Struct, frozen=True):
    """Something that an action takes beside its argument. default None: it has to be given."""

    name: str
    about: str
    default: str | None = None


class Action(Protocol):
    """One thing that can be done to one kind of target."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def danger(self) -> Danger: ...
    @property
    def takes(self) -> tuple[Parameter, ...]: ...

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """Read what the order would do, within two seconds. Changes nothing. Raises Refused."""
        ...

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """Do it once, to the identity of the preview and to nothing else; never again by itself.

        What the server does not confirm is `unknown`. Cancelled: what has been sent is not taken back.
        Raises Refused where the identity has changed or the permit is gone.
        """
        ...
