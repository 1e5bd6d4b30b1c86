"""The machine this program runs on."""

from __future__ import annotations

from msgspec import Struct


class HostMemory(Struct, frozen=True):
    """Bytes. available = what programs could get without swapping; percent = (total − available) / total × 100."""

    total_bytes: int
    used_bytes: int
    available_bytes: int
    percent: float
    swap_total_bytes: int | None = None
    swap_used_bytes: int | None = None


class Disk(Struct, frozen=True):
    """A mounted file system. percent is of what ordinary users may fill, as `df` shows it."""

    mount: str
    device: str
    total_bytes: int
    used_bytes: int
    free_bytes: int
    percent: float
    inodes_percent: float | None = None


class Interface(Struct, frozen=True):
    """A network interface; rates in bytes per second between the last two looks."""

    name: str
    rx_bytes: int
    tx_bytes: int
    rx_bytes_per_s: float | None = None
    tx_bytes_per_s: float | None = None
    errors: int | None = None


class Process(Struct, frozen=True):
    """One of the busiest processes. cpu_percent: 100 = one core.

    started  with the pid it tells this process from a later one: on Linux clock ticks after boot, elsewhere Unix time
    """

    pid: int
    name: str
    user: str | None = None
    cpu_percent: float | None = None
    memory_bytes: int | None = None
    command: str | None = None
    started: float | None = None


class HostData(Struct, frozen=True):
    """One look at the host.

    cpu_percent  over all cores, 0…100; None before the second look
    load         the 1, 5 and 15 minute averages
    """

    hostname: str
    cpu_percent: float | None = None
    cpu_count: int | None = None
    load: tuple[float, float, float] | None = None
    memory: HostMemory | None = None
    disks: tuple[Disk, ...] = ()
    network: tuple[Interface, ...] = ()
    processes: tuple[Process, ...] = ()
    open_files: int | None = None
    open_files_max: int | None = None
    uptime_s: float | None = None
