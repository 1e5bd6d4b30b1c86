"""What a process is, as far as the system tells."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import psutil
from msgspec import Struct

from triage_tui.sources.host.tasks import parse_stat, stat_line
from triage_tui.text import safe

T = TypeVar("T")

LINUX = sys.platform.startswith("linux")

COMMAND_LENGTH = 300
CHILDREN_SHOWN = 10

_KERNEL_THREAD = 0x0020_0000
"""PF_KTHREAD of the kernel's include/linux/sched.h, in the ninth field of proc_pid_stat(5)."""

_CONTAINER = re.compile(rb"([0-9a-f]{64})")


class About(Struct, frozen=True):
    """A process. None: it could not be read.

    started     see `model.host.Process.started`
    container   id of the container that its control group is named after
    first       it is the first process in its container, which ends with it
    caught, ignored   numbers of the signals that it handles, or ignores
    """

    pid: int
    started: float
    name: str
    user: str | None
    command: str | None
    status: str | None
    age_s: float | None
    parent: str | None
    children: tuple[str, ...]
    kernel: bool
    container: str | None = None
    first: bool = False
    caught: frozenset[int] | None = None
    ignored: frozenset[int] | None = None


def started(pid: int) -> float:
    """When a process started. Raises ProcessLookupError where there is none."""
    try:
        if LINUX:
            return parse_stat(stat_line(pid), 1.0, 1).started
        return psutil.Process(pid).create_time()
    except (FileNotFoundError, psutil.NoSuchProcess, ValueError, IndexError):
        raise ProcessLookupError(pid) from None


def ended(pid: int, since: float) -> bool:
    """The process that started then runs no more. One that its parent has not yet taken note of has ended too."""
    try:
        return started(pid) != since or psutil.Process(pid).status() in (
            psutil.STATUS_ZOMBIE,
            psutil.STATUS_DEAD,
        )
    except (ProcessLookupError, psutil.NoSuchProcess):
        return True
    except (psutil.Error, OSError):
        return False


def frozen(pid: int) -> bool | None:
    """It has been stopped; None: that cannot be read."""
    try:
        return psutil.Process(pid).status() in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
    except (psutil.Error, OSError):
        return None


def ourselves() -> frozenset[int]:
    """This process and all above it."""
    found = {os.getpid()}
    with contextlib.suppress(psutil.Error, OSError):
        found |= {parent.pid for parent in psutil.Process().parents()}
    return frozenset(found)


def read(pid: int, now: float) -> About:
    """Raises ProcessLookupError. now: Unix time."""
    began = started(pid)
    try:
        process = psutil.Process(pid)
        name = safe(process.name(), limit=60)
    except psutil.NoSuchProcess:
        raise ProcessLookupError(pid) from None
    except (psutil.Error, OSError):
        name = "?"
    created = _known(process.create_time)
    parent = _known(process.parent)
    caught, ignored = _masks(pid)
    return About(
        pid=pid,
        started=began,
        name=name,
        user=_text(_known(process.username), 60),
        command=_text(" ".join(_known(process.cmdline) or ()), COMMAND_LENGTH),
        status=_known(process.status),
        age_s=max(0.0, now - created) if created is not None else None,
        parent=_named(parent) if parent is not None else None,
        children=tuple(_named(child) for child in _known(lambda: process.children(recursive=True)) or ()),
        kernel=LINUX and _is_kernel_thread(pid),
        container=_container(pid),
        first=_first(pid),
        caught=caught,
        ignored=ignored,
    )


def _is_kernel_thread(pid: int) -> bool:
    try:
        return kernel_thread(stat_line(pid))
    except OSError:
        return False


def kernel_thread(line: bytes) -> bool:
    """Whether a line of /proc/PID/stat is that of a thread of the kernel."""
    fields = line.rpartition(b")")[2].split()
    return len(fields) > 6 and bool(int(fields[6]) & _KERNEL_THREAD)


def signals_of(mask: str) -> frozenset[int]:
    """Numbers of the signals in a mask of /proc/PID/status: hexadecimal, the lowest bit is signal 1."""
    bits = int(mask, 16)
    return frozenset(number for number in range(1, 65) if bits >> (number - 1) & 1)


def _status(pid: int) -> dict[str, str]:
    try:
        text = Path(f"/proc/{pid}/status").read_text(errors="replace") if LINUX else ""
    except OSError:
        return {}
    return {name: value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}


def _masks(pid: int) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    status = _status(pid)
    try:
        return signals_of(status["SigCgt"]), signals_of(status["SigIgn"])
    except (KeyError, ValueError):
        return None, None


def _first(pid: int) -> bool:
    numbers = _status(pid).get("NSpid", "").split()
    return len(numbers) > 1 and numbers[-1] == "1"


def _container(pid: int) -> str | None:
    try:
        text = Path(f"/proc/{pid}/cgroup").read_bytes() if LINUX else b""
    except OSError:
        return None
    found = _CONTAINER.findall(text)
    return found[-1].decode() if found else None


def _named(process: psutil.Process) -> str:
    return f"{process.pid} {safe(_known(process.name) or '?', limit=60)}"


def _known(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except (psutil.Error, OSError, KeyError):
        return None


def _text(value: str | None, limit: int) -> str | None:
    return safe(value, limit=limit) or None if value else None
