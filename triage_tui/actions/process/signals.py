"""The signals that may be sent, and what each of them does."""

from __future__ import annotations

import signal

from msgspec import Struct

from triage_tui.actions.act import Danger


class Sent(Struct, frozen=True):
    """A signal.

    ends    it is sent to end the process
    undo    how it can be undone; None: it cannot, as nobody knows who would start what has ended
    default what it does to a program that does not handle it
    """

    number: signal.Signals
    danger: Danger
    about: str
    default: str
    ends: bool = False
    undo: str | None = None


ALLOWED: dict[str, Sent] = {
    "TERM": Sent(signal.SIGTERM, Danger.FINAL, "asks it to end", "ends it", ends=True),
    "INT": Sent(signal.SIGINT, Danger.FINAL, "asks it to end, as Ctrl+C does", "ends it", ends=True),
    "QUIT": Sent(signal.SIGQUIT, Danger.FINAL, "asks it to end", "ends it with a core dump", ends=True),
    "KILL": Sent(signal.SIGKILL, Danger.FINAL, "ends it; it cannot clean up", "ends it", ends=True),
    "HUP": Sent(signal.SIGHUP, Danger.FINAL, "asks many services to read their settings", "ends it"),
    "USR1": Sent(signal.SIGUSR1, Danger.FINAL, "means what the program says", "ends it"),
    "USR2": Sent(signal.SIGUSR2, Danger.FINAL, "means what the program says", "ends it"),
    "STOP": Sent(
        signal.SIGSTOP, Danger.DISRUPTIVE, "freezes it", "freezes it", undo="process.signal with signal=CONT"
    ),
    "CONT": Sent(
        signal.SIGCONT, Danger.MILD, "lets it go on", "lets it go on", undo="process.signal with signal=STOP"
    ),
}
"""By the name that an order gives it."""
