"""What may be done, and what has to be typed first. Pure: facts in, Refused or a sentence out.

What cannot be undone is what loses something that no order of ours brings back and that nobody is known to begin anew:
a process or a container that is killed before it has written what it holds, a session with its transaction, a client's
connection, a job that has run twice, a signal of which only the program knows what it means, and whatever nobody knows
here the effect of. What goes on as before afterwards is none: a restart or a stop gives a container its time to end,
and it runs again by itself or by an order; the session whose statement is cancelled stays, and its client is told and
may send it again; what is purged stands aside for a while. `Preview.undo` tells which: the way back or how it goes on,
or None, and then `Preview.danger` is final."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.actions.act import Danger, Identity, Order, Preview, Refused
from triage_tui.config.toml.environment import is_read_only
from triage_tui.model.picture import STALE_AFTER_INTERVALS
from triage_tui.text import safe
from triage_tui.text.figures import age

PREVIEW_FRESH_S = 2.0
"""A preview older than this is read again before anything is sent."""


class Confirmation(Struct, frozen=True):
    """What has to be typed, exactly, and why."""

    word: str
    why: str


def fresh(order: Order, now: float, interval_s: float) -> None:
    """What was on the screen is young enough to be acted on. Raises Refused.

    now  monotonic seconds; interval_s  between two looks at the target
    """
    if order.seen_at is None:
        return
    old = now - order.seen_at
    if old > STALE_AFTER_INTERVALS * interval_s:
        raise Refused(
            "stale",
            f"what is on the screen is {age(old)} old, and {safe(order.target)} is looked at every {interval_s:g} s",
            "Wait for a fresh look, or find out why none comes.",
        )


def is_old(preview: Preview, now: float) -> bool:
    """It has to be read again before it is run."""
    return now - preview.taken_at > PREVIEW_FRESH_S


def same(pinned: Identity | None, found: Identity) -> None:
    """What is there now is what was meant. Raises Refused."""
    if pinned is not None and dict(pinned.parts) != dict(found.parts):
        raise Refused(
            "changed",
            f"target changed: it is another one now: {found.shown}; on the screen was {pinned.shown}",
            "Look again, and choose anew.",
        )


def is_final(preview: Preview) -> bool:
    """It cannot be undone. Where its danger and its way back disagree the worse counts."""
    return preview.danger is Danger.FINAL or preview.undo is None


def confirmation(preview: Preview, environment: str) -> Confirmation | None:
    """What has to be typed before this is run; None: nothing.

    The word is what the order names: the container, the queue, the pid; the target where it names nothing in it.
    """
    word = preview.order.argument or preview.order.target
    if is_read_only(environment):
        return Confirmation(word, f"this is {safe(environment)}")
    if is_final(preview):
        return Confirmation(word, "this cannot be undone")
    return None


def confirmed(preview: Preview, environment: str, typed: str | None) -> None:
    """What had to be typed was typed. Raises Refused. A word that is not the one is refused where none is needed, too:
    whoever types another name means another thing."""
    needed = confirmation(preview, environment)
    word = preview.order.argument or preview.order.target
    if typed is None and needed is None:
        return
    if typed != word:
        why = f"{needed.why}; " if needed is not None else ""
        raise Refused("confirm", f"not confirmed: {why}type exactly `{safe(word)}`", "Nothing was sent.")
