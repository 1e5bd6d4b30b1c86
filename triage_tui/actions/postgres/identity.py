"""Which session: a pid alone may belong to another one by now."""

from __future__ import annotations

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
