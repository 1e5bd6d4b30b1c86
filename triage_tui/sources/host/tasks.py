"""What every process has used so far, for as little as it can be had."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import NamedTuple

import psutil

LINUX = sys.platform.startswith("linux")
_PROC = "/proc"
_STAT_BYTES = 1024
"""A line of proc_pid_stat(5) has 52 numbers and a name of at most 64 bytes."""


class Task(NamedTuple):
    """One process. started: tells it from another one that has its pid later; cpu_s: since then, on all cores."""

    pid: int
    started: float
    cpu_s: float
    memory_bytes: int


def read_tasks() -> Iterator[Task]:
    """All processes that may be seen. Raises OSError where there are none to be seen at all.

    On Linux one short file is read of each: psutil takes three times as long for the same numbers, which is most of
    what a look at a host costs.
    """
    return _from_files() if LINUX else _from_psutil()


def stat_line(pid: int | str) -> bytes:
    """The line of /proc/PID/stat, on Linux. Raises OSError where there is no such process."""
    descriptor = os.open(f"{_PROC}/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(descriptor, _STAT_BYTES)
    finally:
        os.close(descriptor)


def parse_stat(line: bytes, ticks_per_s: float, page_bytes: int) -> Task:
    """A line of /proc/PID/stat. Its second field is a name in brackets that may hold anything, brackets included.

    Raises ValueError, IndexError where the line is another.
    """
    head, _, tail = line.rpartition(b")")
    fields = tail.split()
    # Counted from the third field of proc_pid_stat(5): utime 14, stime 15, starttime 22, rss 24.
    return Task(
        pid=int(head.partition(b" ")[0]),
        started=float(fields[19]),
        cpu_s=(int(fields[11]) + int(fields[12])) / ticks_per_s,
        memory_bytes=int(fields[21]) * page_bytes,
    )


def _from_files() -> Iterator[Task]:
    ticks_per_s, page_bytes = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    with os.scandir(_PROC) as entries:
        pids = [entry.name for entry in entries if entry.name.isdigit()]
    for pid in pids:
        try:
            yield parse_stat(stat_line(pid), ticks_per_s, page_bytes)
        except (OSError, ValueError, IndexError):
            # It has ended meanwhile.
            continue


def _from_psutil() -> Iterator[Task]:
    for process in psutil.process_iter():
        try:
            with process.oneshot():
                times = process.cpu_times()
                yield Task(
                    pid=process.pid,
                    started=process.create_time(),
                    cpu_s=times.user + times.system,
                    memory_bytes=process.memory_info().rss,
                )
        except psutil.Error:
            continue
