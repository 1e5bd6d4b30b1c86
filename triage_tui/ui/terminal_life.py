"""Leaving in order: signals, a terminal that goes away without one, and a parent that does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
from collections.abc import Callable

WATCH_EVERY_S = 1.0
"""How often the terminal is looked at. A closed one must be noticed within five seconds, at no cost meanwhile."""

EXIT_CODES = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGINT: 130}
"""128 + signal, as shells report it."""


class TerminalLife:
    """Calls `leave(exit code)` once on SIGTERM, SIGHUP, SIGINT, or when the terminal or the parent is gone.

    A program whose SIGHUP is ignored (nohup, some supervisors) gets no signal when its terminal closes; reading
    from it then returns at once and for ever, which turns an event loop into a spin. So it is looked at.

    A parent that dies (a wrapper, `sudo`, a supervisor) takes its terminal along, or leaves it to whoever started it,
    who goes on as if this program had ended too: two would read and draw on one screen.
    """

    def __init__(self, leave: Callable[[int], None]) -> None:
        self._leave = leave
        self._left = False
        self._handled: list[signal.Signals] = []
        self._timer: asyncio.TimerHandle | None = None
        self._parent = os.getppid()

    def start(self) -> None:
        """Begin to watch; must be called on the running loop of the main thread."""
        loop = asyncio.get_running_loop()
        for number, code in EXIT_CODES.items():
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, self._on_gone, code)
                self._handled.append(number)
        self._watch()

    def stop(self) -> None:
        """Stop watching."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        with contextlib.suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            for number in self._handled:
                loop.remove_signal_handler(number)
        self._handled.clear()

    def _watch(self) -> None:
        if os.getppid() != self._parent:
            # From the background a terminal may be put back only by who ignores this; others are stopped, or refused.
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            self._on_gone(EXIT_CODES[signal.SIGHUP])
            return
        if not terminal_is_there():
            self._on_gone(EXIT_CODES[signal.SIGHUP])
            return
        self._timer = asyncio.get_running_loop().call_later(WATCH_EVERY_S, self._watch)

    def _on_gone(self, code: int) -> None:
        if not self._left:
            self._left = True
            self._leave(code)


def terminal_is_there() -> bool:
    """Whether the standard input is a terminal that somebody still holds the other end of."""
    stream = sys.__stdin__
    if stream is None:
        return False
    poll = select.poll()
    try:
        poll.register(stream.fileno(), select.POLLHUP)
        return not any(
            event & (select.POLLHUP | select.POLLNVAL | select.POLLERR) for _fd, event in poll.poll(0)
        )
    except (OSError, ValueError):
        return False
