"""The busiest processes, found without costing the host what they cost it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import psutil
from msgspec import Struct

from triage_tui.model.host import Process
from triage_tui.text import safe

SHOWN_BY_CPU = 15
SHOWN_BY_MEMORY = 10

MOST_OF_THE_TIME = 0.02
"""Share of one core that looking at processes may take. On a host with thousands of them it is done less often."""

COMMAND_LENGTH = 300
"""Characters kept of a command line."""


class _Seen(Struct):
    """A process between two looks, and what is asked of it only once, when it is first shown."""

    process: psutil.Process
    cpu_s: float
    cpu_percent: float | None = None
    memory_bytes: int | None = None
    description: tuple[str, str | None, str | None] | None = None


class ProcessTable:
    """Follows all processes by pid and start time, so that a reused pid is another process.

    clock   seconds that only grow
    effort  CPU seconds that the calling thread has used
    """

    def __init__(self, clock: Callable[[], float], effort: Callable[[], float] = time.thread_time) -> None:
        self._clock = clock
        self._effort = effort
        self._seen: dict[int, _Seen] = {}
        self._read_at: float | None = None
        self._not_before = 0.0
        self._shown: tuple[Process, ...] = ()

    def read(self) -> tuple[Process, ...]:
        """Those that use most CPU, then those that use most memory; the last answer while it is too early for another.

        cpu_percent is None for a process that was not there at the last look.
        """
        now = self._clock()
        if now < self._not_before:
            return self._shown
        passed = now - self._read_at if self._read_at is not None else None
        self._read_at = now
        spent = self._effort()
        self._sweep(passed)
        self._shown = self._top()
        if passed is not None:
            # The first answer knows no shares of time: the second one is not put off.
            self._not_before = now + (self._effort() - spent) / MOST_OF_THE_TIME
        return self._shown

    def _sweep(self, passed: float | None) -> None:
        present: dict[int, _Seen] = {}
        for process in psutil.process_iter():
            try:
                with process.oneshot():
                    times = process.cpu_times()
                    memory = process.memory_info().rss
            except psutil.Error:
                continue
            spent = times.user + times.system
            known = self._seen.get(process.pid)
            if known is None or known.process != process:
                known = _Seen(process, spent)
            elif passed and spent >= known.cpu_s:
                known.cpu_percent = 100.0 * (spent - known.cpu_s) / passed
            known.cpu_s, known.memory_bytes = spent, memory
            present[process.pid] = known
        self._seen = present

    def _top(self) -> tuple[Process, ...]:
        seen = list(self._seen.values())
        busiest = sorted(seen, key=lambda one: (-(one.cpu_percent or 0.0), -(one.memory_bytes or 0)))[
            :SHOWN_BY_CPU
        ]
        largest = sorted(seen, key=lambda one: -(one.memory_bytes or 0))[:SHOWN_BY_MEMORY]
        chosen = busiest + [one for one in largest if one not in busiest]
        return tuple(_shown(one) for one in chosen)


def _shown(seen: _Seen) -> Process:
    if seen.description is None:
        seen.description = _describe(seen.process)
    name, user, command = seen.description
    return Process(
        pid=seen.process.pid,
        name=name,
        user=user,
        cpu_percent=seen.cpu_percent,
        memory_bytes=seen.memory_bytes,
        command=command,
    )


def _describe(process: psutil.Process) -> tuple[str, str | None, str | None]:
    """Name, user and command line; None for what may not be read. A process may vanish between two questions."""
    name, user, command = "?", None, None
    with contextlib.suppress(psutil.Error, OSError):
        name = safe(process.name(), limit=60)
    with contextlib.suppress(psutil.Error, OSError, KeyError):
        user = safe(process.username(), limit=60)
    with contextlib.suppress(psutil.Error, OSError):
        command = safe(" ".join(process.cmdline()), limit=COMMAND_LENGTH) or None
    return name, user, command
