"""Which session: a pid alone may belong to another one by now."""

from __future__ import annotations

from collections.abc import Iterable

from triage_tui.actions.act import Identity, Order, Refused

MAX_PID = 2**31 - 1


def session_identity(
    pid: int, backend_start: str, *, user: str | None = None, application: str | None = None
) -> Identity:
    """A session's identity. backend_start: ISO 8601 in UTC, exact to the microsecond, as `Session.backend_start`."""
    who = " ".join(filter(None, (user, f"({application})" if application else "")))
    began = backend_start[11:19] or backend_start
    return Identity(
        shown=f"session {pid}{f' of {who}' if who else ''}, connected {began} UTC",
        parts=(("pid", str(pid)), ("backend_start", backend_start)),
    )


def pid_of(order: Order) -> int:
    """The pid that an order names. Raises Refused."""
    text = order.argument.strip()
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:12]) <= MAX_PID):
        raise Refused("argument", "a session is named by its pid", "Take it from the list of sessions.")
    return int(text)


def idle_identity(shown: str, them: Iterable[tuple[int, str]]) -> Identity:
    """The identity of several sessions that are idle in a transaction: none but these may be ended.

    them  pid and backend_start of each, as `session_identity` takes them
    """
    return Identity(shown=shown, parts=tuple((f"pid {pid}", began) for pid, began in them))
