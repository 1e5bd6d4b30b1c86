"""Usage read from this host's own files, where the containers' processes are this host's processes.

Whether they are is not guessed from the address: the engine names a process for each container, and this host's
/proc must show that process in a control group that carries the container's id. A remote engine's process ids, a
virtual machine's, or those seen from inside a container fail that test, and a reused process id does too.

The figures are the ones that the engine itself would read and send (moby `daemon/stats`, containerd/cgroups).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from triage_tui.sources.docker.usage import Counters, block_totals, memory_without_cache

_LARGEST_FILE = 256 << 10
_BLOCK_FILES = (
    "blkio.io_service_bytes_recursive",
    "blkio.throttle.io_service_bytes_recursive",
    "blkio.throttle.io_service_bytes",
)
"""The first two are there or not with the kernel's I/O schedulers; the last one always is."""

_USED_CPU_FIELDS = slice(1, 8)
"""user nice system idle iowait irq softirq of /proc/stat: what Docker adds up as the host's CPU time."""

_NS_PER_TICK = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


class Wanted(Struct, frozen=True):
    """A container to read.

    pid         its first process, as the engine says
    interfaces  names of its interfaces besides eth0, eth1, …; None: it has no network of its own to count
    """

    id: str
    pid: int
    interfaces: tuple[str, ...] | None = ()


class CgroupFiles:
    """Reads /proc and /sys/fs/cgroup, cgroup v1 and v2, whatever driver laid the groups out. Blocks for
    microseconds per file; for one thread.

    root  stands for `/` in tests
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = str(root).rstrip("/")
        self._mounts: dict[str, tuple[str, str]] | None = None
        self._memory_total = 0

    def read(self, wanted: Iterable[Wanted]) -> dict[str, Counters]:
        """Readings by container id. What is not this host's, or not readable, is missing."""
        if self._mounts is None:
            self._mounts = _mounts(self._text("/proc/self/mountinfo"))
            self._memory_total = _memory_total(self._text("/proc/meminfo"))
        if not self._mounts:
            return {}
        system_ns, online = _host_cpu(self._text("/proc/stat"))
        found: dict[str, Counters] = {}
        for container in wanted:
            counters = self._read_one(container, system_ns, online)
            if counters is not None:
                found[container.id] = counters
        return found

    def _read_one(self, wanted: Wanted, system_ns: int | None, online: int | None) -> Counters | None:
        groups = self._groups(wanted)
        if groups is None:
            return None
        read = self._read_v1 if "memory" in groups or "cpuacct" in groups else self._read_v2
        cpu_ns, memory, limit, moved, pids, held = read(groups)
        if cpu_ns is None and memory is None:
            return None
        rx, tx = self._network(wanted)
        return Counters(
            cpu_ns=cpu_ns,
            system_ns=system_ns,
            online_cpus=online,
            memory_bytes=memory,
            memory_limit_bytes=limit if limit and limit < self._memory_total else None,
            network_rx_bytes=rx,
            network_tx_bytes=tx,
            block_read_bytes=moved[0],
            block_write_bytes=moved[1],
            pids=pids,
            periods=held.get("nr_periods"),
            throttled_periods=held.get("nr_throttled"),
        )

    def _groups(self, wanted: Wanted) -> dict[str, str] | None:
        """Folder of the container's group by controller ("" for v2); None where the process is not its own."""
        assert self._mounts is not None
        folders: dict[str, str] = {}
        for line in self._text(f"/proc/{wanted.pid}/cgroup").splitlines():
            _, _, rest = line.partition(":")
            controllers, _, path = rest.partition(":")
            own = _own_group(path, wanted.id)
            if own is None:
                continue
            for controller in controllers.split(","):
                if mount := self._mounts.get(controller):
                    point, mounted = mount
                    if own.startswith(mounted):
                        folders[controller] = f"{point}/{own.removeprefix(mounted).lstrip('/')}"
        return folders or None

    def _read_v1(self, groups: dict[str, str]) -> _Read:
        memory, blkio = groups.get("memory"), groups.get("blkio")
        usage = self._number(memory, "memory.usage_in_bytes")
        stats = _fields(self._in(memory, "memory.stat"))
        return (
            self._number(groups.get("cpuacct"), "cpuacct.usage"),
            memory_without_cache(usage, stats) if usage is not None else None,
            self._number(memory, "memory.limit_in_bytes"),
            self._block_v1(blkio),
            self._number(groups.get("pids"), "pids.current"),
            _fields(self._in(groups.get("cpu"), "cpu.stat")),
        )

    def _read_v2(self, groups: dict[str, str]) -> _Read:
        folder = groups.get("")
        cpu = _fields(self._in(folder, "cpu.stat"))
        cpu_us = cpu.get("usage_usec")
        usage = self._number(folder, "memory.current")
        stats = _fields(self._in(folder, "memory.stat"))
        io = self._in(folder, "io.stat")
        return (
            cpu_us * 1000 if cpu_us is not None else None,
            memory_without_cache(usage, stats) if usage is not None else None,
            self._number(folder, "memory.max"),
            block_totals(_io_entries(io)) if io is not None else (None, None),
            self._number(folder, "pids.current"),
            cpu,
        )

    def _block_v1(self, folder: str | None) -> tuple[int | None, int | None]:
        known: tuple[int | None, int | None] = (None, None)
        for name in _BLOCK_FILES:
            text = self._in(folder, name)
            if text is not None:
                known = block_totals(_blkio_entries(text))
                if known != (0, 0):
                    break
        return known

    def _network(self, wanted: Wanted) -> tuple[int | None, int | None]:
        """Bytes over the interfaces that the engine gave the container, seen from inside it.

        The engine counts its own ones. An engine inside the container, or a VPN, makes more; counting those would
        count the same bytes twice. Podman names them otherwise, then everything but loopback is counted.
        """
        if wanted.interfaces is None:
            return None, None
        counted = _interfaces(self._text(f"/proc/{wanted.pid}/net/dev"))
        own = {
            name: bytes_
            for name, bytes_ in counted.items()
            if name in wanted.interfaces or (name.startswith("eth") and name[3:].isdigit())
        }
        chosen = own or {name: bytes_ for name, bytes_ in counted.items() if name != "lo"}
        if not chosen:
            return None, None
        return sum(rx for rx, _ in chosen.values()), sum(tx for _, tx in chosen.values())

    def _in(self, folder: str | None, name: str) -> str | None:
        return self._maybe(f"{folder}/{name}") if folder is not None else None

    def _number(self, folder: str | None, name: str) -> int | None:
        text = (self._in(folder, name) or "").strip()
        return int(text) if text.isdigit() else None

    def _text(self, path: str) -> str:
        return self._maybe(path) or ""

    def _maybe(self, path: str) -> str | None:
        # Thousands of these in a look: pathlib and text files would take most of its time.
        try:
            handle = os.open(f"{self._root}{path}", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            parts: list[bytes] = []
            size = 0
            while size < _LARGEST_FILE and (part := os.read(handle, 16 << 10)):
                parts.append(part)
                size += len(part)
            return b"".join(parts).decode("ascii", "replace")
        except OSError:
            return None
        finally:
            os.close(handle)


_Read = tuple[int | None, int | None, int | None, tuple[int | None, int | None], int | None, dict[str, int]]


def _own_group(path: str, id: str) -> str | None:
    """The part of a group's path that ends with the container's own group; None where its id is not in it.

    `/docker/<id>`, `/system.slice/docker-<id>.scope`, `/machine.slice/libpod-<id>.scope/container`: what lies
    below was made by the container itself or by its runtime, and the limits stand above that.
    """
    parts = path.split("/")
    for index, part in enumerate(parts):
        if id in part:
            return "/".join(parts[: index + 1])
    return None


def _mounts(mountinfo: str) -> dict[str, tuple[str, str]]:
    """Where each v1 controller, and v2 as "", is mounted, and which part of its tree the mount shows ("" for all).

    Source of the format: proc_pid_mountinfo(5).
    """
    found: dict[str, tuple[str, str]] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) < 5 or len(kinds) < 3:
            continue
        shown = fields[3] if fields[3] != "/" else ""
        if kinds[0] == "cgroup2":
            found.setdefault("", (fields[4], shown))
        elif kinds[0] == "cgroup":
            for controller in kinds[2].split(","):
                found.setdefault(controller, (fields[4], shown))
    return found


def _memory_total(meminfo: str) -> int:
    for line in meminfo.splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    return 0


def _host_cpu(stat: str) -> tuple[int | None, int | None]:
    """CPU time of the host in nanoseconds and its processors, from /proc/stat."""
    lines = stat.splitlines()
    if not lines or not lines[0].startswith("cpu "):
        return None, None
    ticks = sum(int(value) for value in lines[0].split()[_USED_CPU_FIELDS])
    online = sum(line.startswith("cpu") and line[3:4].isdigit() for line in lines)
    return ticks * _NS_PER_TICK, online or None


def _fields(text: str | None) -> dict[str, int]:
    """`name value` lines."""
    found: dict[str, int] = {}
    for line in (text or "").splitlines():
        name, _, value = line.partition(" ")
        if value.isdigit():
            found[name] = int(value)
    return found


def _io_entries(text: str) -> Iterable[tuple[str, int]]:
    """`8:0 rbytes=1 wbytes=2 rios=…` lines of io.stat (cgroup v2)."""
    for line in text.splitlines():
        for word in line.split()[1:]:
            name, _, value = word.partition("=")
            if name in ("rbytes", "wbytes") and value.isdigit():
                yield name, int(value)


def _blkio_entries(text: str) -> Iterable[tuple[str, int]]:
    """`8:0 Read 4096` lines (cgroup v1)."""
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[2].isdigit():
            yield words[1], int(words[2])


def _interfaces(text: str) -> dict[str, tuple[int, int]]:
    """Bytes received and sent by interface, from /proc/<pid>/net/dev."""
    found: dict[str, tuple[int, int]] = {}
    for line in text.splitlines():
        name, colon, rest = line.partition(":")
        values = rest.split()
        if colon and len(values) >= 9 and values[0].isdigit() and values[8].isdigit():
            found[name.strip()] = int(values[0]), int(values[8])
    return found
