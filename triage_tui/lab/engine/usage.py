"""What processes use: CPU, memory, threads and block I/O of a process and of all that it has started."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import psutil
from msgspec import Struct, structs

CENSUS_S = 1.0
"""Where the kernel does not tell a process's children, the machine's whole list of processes is read this often."""

_NS = 1_000_000_000


class Usage(Struct, frozen=True):
    """One reading.

    user_ns, system_ns  CPU time since the start, what has ended included
    memory_bytes        resident, pages of files that several processes share counted once where that can be told
    file_bytes          of these, pages of files
    threads             of all processes
    read_bytes, …       to and from block devices; None where the system does not tell
    """

    user_ns: int = 0
    system_ns: int = 0
    memory_bytes: int = 0
    file_bytes: int = 0
    threads: int = 0
    read_bytes: int | None = None
    write_bytes: int | None = None

    def with_cpu(self, user_ns: int, system_ns: int) -> Usage:
        """The same with other CPU times."""
        return structs.replace(self, user_ns=user_ns, system_ns=system_ns)


class Census:
    """Which processes belong together.

    Linux tells the children of a process, as a rule; elsewhere all processes of the machine are asked for their
    parents, once a second for all containers.
    """

    def __init__(self) -> None:
        self._kernel_tells = (
            Path("/proc/self/task").is_dir() and _children_file(psutil.Process().pid).exists()
        )
        self._children: dict[int, list[int]] = {}
        self._taken_at = float("-inf")

    def members(self, pid: int, shim: int) -> list[psutil.Process]:
        """The process itself and all that it has started, however far down, itself first.

        shim: whoever adopts what lost its parent
        """
        found: list[psutil.Process] = []
        ahead = [pid, *(child for child in self._children_of(shim) if child != pid)]
        while ahead:
            each = ahead.pop(0)
            with contextlib.suppress(psutil.Error):
                found.append(psutil.Process(each))
                ahead += self._children_of(each)
        return found

    def memory(self, pid: int, shim: int) -> int:
        """Resident bytes of all of them, counted as in `usage`."""
        readings = [memory for process in self.members(pid, shim) if (memory := _memory(process)) is not None]
        return sum(rss - shared for rss, shared in readings) + max(
            (shared for _, shared in readings), default=0
        )

    def largest(self, pid: int, shim: int) -> psutil.Process | None:
        """The one with the most resident memory of its own; None where all are gone."""
        sizes = [
            (memory[0] - memory[1], process)
            for process in self.members(pid, shim)
            if (memory := _memory(process)) is not None
        ]
        return max(sizes, key=lambda size: size[0])[1] if sizes else None

    def usage(self, pid: int, shim: int) -> Usage | None:
        """What they use together; None where the process is gone."""
        members = self.members(pid, shim)
        readings = [reading for process in members if (reading := _read(process)) is not None]
        if not readings:
            return None
        # What the shim has buried were the process's, and count on.
        adopted = _children_cpu(shim)
        known_io = [r for r in readings if r.read_bytes is not None]
        return Usage(
            user_ns=sum(r.user_ns for r in readings) + adopted[0],
            system_ns=sum(r.system_ns for r in readings) + adopted[1],
            memory_bytes=sum(r.memory_bytes - r.file_bytes for r in readings)
            + max(r.file_bytes for r in readings),
            file_bytes=max(r.file_bytes for r in readings),
            threads=sum(r.threads for r in readings),
            read_bytes=sum(r.read_bytes or 0 for r in known_io) if known_io else None,
            write_bytes=sum(r.write_bytes or 0 for r in known_io) if known_io else None,
        )

    def _children_of(self, pid: int) -> list[int]:
        if not self._kernel_tells:
            if time.monotonic() - self._taken_at > CENSUS_S:
                self._take()
            return self._children.get(pid, [])
        found: list[int] = []
        with contextlib.suppress(OSError):
            # Each thread has children of its own.
            for thread in Path(f"/proc/{pid}/task").iterdir():
                found += map(int, (thread / "children").read_bytes().split())
        return found

    def _take(self) -> None:
        self._children = {}
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                self._children.setdefault(process.ppid(), []).append(process.pid)
        self._taken_at = time.monotonic()


def host_cpu_ns() -> int:
    """CPU time of the whole machine since it started, idle time included: what Docker calls system usage."""
    times = psutil.cpu_times()
    fields = ("user", "nice", "system", "idle", "iowait", "irq", "softirq")
    return int(sum(getattr(times, field, 0.0) for field in fields) * _NS)


def _children_file(pid: int) -> Path:
    return Path(f"/proc/{pid}/task/{pid}/children")


def _memory(process: psutil.Process) -> tuple[int, int] | None:
    """Resident bytes, and those of them that are pages of files."""
    try:
        memory = process.memory_info()
    except psutil.Error:
        return None
    return int(memory.rss), int(getattr(memory, "shared", 0))


def _read(process: psutil.Process) -> Usage | None:
    try:
        with process.oneshot():
            cpu, threads = process.cpu_times(), process.num_threads()
    except psutil.Error:
        return None
    memory = _memory(process)
    if memory is None:
        return None
    read, written = _moved(process)
    return Usage(
        # With the times of children that have ended and been waited for.
        user_ns=int((cpu.user + cpu.children_user) * _NS),
        system_ns=int((cpu.system + cpu.children_system) * _NS),
        memory_bytes=memory[0],
        file_bytes=memory[1],
        threads=threads,
        read_bytes=read,
        write_bytes=written,
    )


def _moved(process: psutil.Process) -> tuple[int | None, int | None]:
    try:
        counters = process.io_counters()
    except (psutil.Error, AttributeError):
        # macOS does not count, and Linux tells others' figures to root only.
        return None, None
    return int(counters.read_bytes), int(counters.write_bytes)


def _children_cpu(shim: int) -> tuple[int, int]:
    try:
        cpu = psutil.Process(shim).cpu_times()
    except psutil.Error:
        return 0, 0
    return int(cpu.children_user * _NS), int(cpu.children_system * _NS)
