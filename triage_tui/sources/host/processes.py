"""The busiest processes, found without costing the host what they cost it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import psutil
from msgspec import Struct

from triage_tui.model.host import Process
from triage_tui.sources.host.order import clearly_more, keep_seats, settle
from triage_tui.sources.host.tasks import Task, read_tasks
from triage_tui.text import safe

SHOWN_BY_CPU = 15
SHOWN_BY_MEMORY = 10

MOST_OF_THE_TIME = 0.02
"""Share of one core that looking at processes may take. On a host with thousands of them it is done less often."""

SMOOTHING = 0.5
"""Weight of the latest look in the share of time by which processes are ordered."""

SEATED_S = 10.0
"""For how long processes keep the places that they are shown in. Where one comes, goes or overtakes, all below it
would move, which on a busy host is most of the list at every look."""

OUTDONE_BY = 10.0
"""Points of a core above the first one of the list: that cannot wait for new places."""

CPU_NOISE = 1.0
"""Points of a core: twice what one tick of the kernel's clock is in two seconds."""

MEMORY_NOISE = 4 * 2**20
"""Bytes."""

COMMAND_LENGTH = 300
"""Characters kept of a command line."""


class _Seen(Struct):
    """A process between two looks, and what is asked of it only once, when it is first shown.

    cpu_percent  in the last interval; usual_percent smoothed
    """

    task: Task
    cpu_percent: float | None = None
    usual_percent: float = 0.0
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
        self._busiest: list[int] = []
        self._largest: list[int] = []
        self._seated_until = 0.0
        self._read_at: float | None = None
        self._not_before = 0.0
        self._shown: tuple[Process, ...] = ()

    def read(self) -> tuple[Process, ...]:
        """Those that use most CPU, then those that use most memory; the last answer while it is too early for another.

        They keep their places for a while. cpu_percent is None for a process that was not there at the last look.
        """
        now = self._clock()
        if now < self._not_before:
            return self._shown
        passed = now - self._read_at if self._read_at is not None else None
        self._read_at = now
        spent = self._effort()
        self._sweep(passed)
        self._shown = self._seat(now, known=passed is not None)
        if passed is not None:
            # The first answer knows no shares of time: the second one is not put off.
            self._not_before = now + (self._effort() - spent) / MOST_OF_THE_TIME
        return self._shown

    def _sweep(self, passed: float | None) -> None:
        present: dict[int, _Seen] = {}
        for task in read_tasks():
            known = self._seen.get(task.pid)
            if known is None or known.task.started != task.started:
                known = _Seen(task)
            elif passed and task.cpu_s >= known.task.cpu_s:
                known.cpu_percent = 100.0 * (task.cpu_s - known.task.cpu_s) / passed
                known.usual_percent += SMOOTHING * (known.cpu_percent - known.usual_percent)
            known.task = task
            present[task.pid] = known
        self._seen = present

    def _seat(self, now: float, *, known: bool) -> tuple[Process, ...]:
        """Those to be shown, in their places. known: shares of time are."""
        memory = {pid: float(seen.task.memory_bytes) for pid, seen in self._seen.items()}
        shares = {pid: seen.usual_percent for pid, seen in self._seen.items()}
        first = shares.get(self._busiest[0], 0.0) if self._busiest else 0.0
        if now >= self._seated_until or clearly_more(max(shares.values(), default=0.0), first, by=OUTDONE_BY):
            self._largest = settle(self._largest, memory, by=MEMORY_NOISE)[:SHOWN_BY_MEMORY]
            # The largest come first among the idle, and among all for as long as nothing else is known.
            before = dict.fromkeys([*self._busiest, *sorted(memory, key=lambda pid: -memory[pid])])
            self._busiest = settle(before, shares, by=CPU_NOISE)[:SHOWN_BY_CPU]
            self._seated_until = now + SEATED_S if known else now
        else:
            self._largest = keep_seats(self._largest, memory, number=SHOWN_BY_MEMORY, by=MEMORY_NOISE)
            self._busiest = keep_seats(self._busiest, shares, number=SHOWN_BY_CPU, by=CPU_NOISE)
        chosen = self._busiest + [pid for pid in self._largest if pid not in self._busiest]
        return tuple(_shown(self._seen[pid]) for pid in chosen)


def _shown(seen: _Seen) -> Process:
    if seen.description is None:
        seen.description = _describe(seen.task.pid)
    name, user, command = seen.description
    return Process(
        pid=seen.task.pid,
        name=name,
        user=user,
        cpu_percent=seen.cpu_percent,
        memory_bytes=seen.task.memory_bytes,
        command=command,
        started=seen.task.started,
    )


def _describe(pid: int) -> tuple[str, str | None, str | None]:
    """Name, user and command line; None for what may not be read. A process may vanish between two questions."""
    name, user, command = "?", None, None
    with contextlib.suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        name = safe(process.name(), limit=60)
        with contextlib.suppress(psutil.Error, OSError, KeyError):
            user = safe(process.username(), limit=60)
        with contextlib.suppress(psutil.Error, OSError):
            command = safe(" ".join(process.cmdline()), limit=COMMAND_LENGTH) or None
    return name, user, command
