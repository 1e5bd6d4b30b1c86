"""Formulas for what a container uses. Pure functions; the figures are those that `docker stats` prints.

Source: docker/cli, `cli/command/container/stats_helpers.go`, unless a docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct

from triage_tui.sources.docker.clock import moment


class Counters(Struct, frozen=True):
    """One reading of a running container. None is unknown.

    cpu_ns, system_ns  CPU time of the container and of the whole host since boot, in nanoseconds
    online_cpus        processors that the host's time is the sum of
    periods, throttled_periods  CFS periods since the start, and those in which its quota was used up
    at_ns              when it was read, nanoseconds on any clock that all readings of one container share
    memory_limit_bytes the limit as it stands; the host's memory, or more, where there is none
    """

    cpu_ns: int | None = None
    system_ns: int | None = None
    online_cpus: int | None = None
    at_ns: int | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    network_rx_bytes: int | None = None
    network_tx_bytes: int | None = None
    block_read_bytes: int | None = None
    block_write_bytes: int | None = None
    pids: int | None = None
    periods: int | None = None
    throttled_periods: int | None = None


def throttled_ratio(before: Counters, after: Counters) -> float | None:
    """Share of the CFS periods between two readings in which the container used its quota up and had to wait, 0…1.

    None where no period passed: there is no limit, or nothing ran. Source: kernel, `cpu.stat` (nr_periods,
    nr_throttled; Documentation/scheduler/sched-bwc.rst); Docker passes both on as throttling_data.
    """
    numbers = (before.periods, after.periods, before.throttled_periods, after.throttled_periods)
    if any(number is None for number in numbers):
        return None
    periods = (after.periods or 0) - (before.periods or 0)
    throttled = (after.throttled_periods or 0) - (before.throttled_periods or 0)
    return min(1.0, throttled / periods) if periods > 0 and throttled >= 0 else None


def docker_cpu_percent(cpu_delta: int, system_delta: int, online_cpus: int) -> float:
    """CPU in percent of one processor: Δcontainer / Δhost × processors × 100; 0 unless both deltas are positive."""
    if system_delta > 0 and cpu_delta > 0:
        return cpu_delta / system_delta * online_cpus * 100.0
    return 0.0


def elapsed_cpu_percent(cpu_delta: int, elapsed_ns: int) -> float:
    """CPU in percent of one processor from time alone: Δcontainer / Δtime × 100.

    For Podman, whose `system_cpu_usage` counts busy time only (podman #28761), so that the other formula shows
    one busy container on an idle host of eight processors as 800 %.
    """
    return cpu_delta / elapsed_ns * 100.0 if elapsed_ns > 0 and cpu_delta > 0 else 0.0


def cpu_percent(before: Counters, after: Counters) -> float | None:
    """CPU between two readings of one run of a container, by the host's CPU time where both have it, else by time;
    None where they do not tell.

    They do not where a counter is missing, where no time lies between them (the docker command prints 0), and where
    the container's counter went backwards, which is a restart.
    """
    if before.cpu_ns is None or after.cpu_ns is None or after.cpu_ns < before.cpu_ns:
        return None
    used = after.cpu_ns - before.cpu_ns
    if before.system_ns is not None and after.system_ns is not None and after.online_cpus:
        elapsed = after.system_ns - before.system_ns
        return docker_cpu_percent(used, elapsed, after.online_cpus) if elapsed > 0 else None
    if before.at_ns is not None and after.at_ns is not None and after.at_ns > before.at_ns:
        return elapsed_cpu_percent(used, after.at_ns - before.at_ns)
    return None


def memory_without_cache(usage: int, stats: Mapping[str, int]) -> int:
    """Memory in bytes without inactive file cache: `total_inactive_file` is subtracted under cgroup v1,
    `inactive_file` under v2, each only where it is smaller than the usage. Podman sends neither."""
    total_inactive = stats.get("total_inactive_file")
    if total_inactive is not None and total_inactive < usage:
        return usage - total_inactive
    inactive = stats.get("inactive_file", 0)
    return usage - inactive if inactive < usage else usage


def block_totals(entries: Iterable[tuple[str, int]]) -> tuple[int, int]:
    """Bytes read and written: entries are (op, bytes), and of op only the first letter counts, in either case.

    cgroup v1 also lists Sync, Async, Discard and Total, which are other views of the same bytes.
    """
    read = written = 0
    for op, value in entries:
        match op[:1]:
            case "r" | "R":
                read += value
            case "w" | "W":
                written += value
    return read, written


class _CpuUsage(Struct):
    total_usage: int = 0
    percpu_usage: list[int] | None = None


class _Throttling(Struct):
    periods: int | None = None
    throttled_periods: int | None = None


class _Cpu(Struct):
    cpu_usage: _CpuUsage | None = None
    system_cpu_usage: int | None = None
    online_cpus: int | None = None
    throttling_data: _Throttling | None = None


class _Memory(Struct):
    usage: int | None = None
    limit: int | None = None
    stats: dict[str, int] | None = None


class _Network(Struct):
    rx_bytes: int = 0
    tx_bytes: int = 0


class _BlockEntry(Struct):
    op: str = ""
    value: int = 0


class _Block(Struct):
    io_service_bytes_recursive: list[_BlockEntry] | None = None


class _Pids(Struct):
    current: int | None = None


class Frame(Struct):
    """One answer of `/containers/{id}/stats`, by Docker under cgroup v1 or v2 or by Podman."""

    read: str | None = None
    cpu_stats: _Cpu | None = None
    memory_stats: _Memory | None = None
    networks: dict[str, _Network] | None = None
    blkio_stats: _Block | None = None
    pids_stats: _Pids | None = None


def frame_of(answer: object) -> Frame:
    """The parts of a stats answer that count. Raises msgspec.ValidationError where it is none."""
    return msgspec.convert(answer, Frame)


def counters_of(frame: Frame, *, trust_system: bool = True) -> Counters | None:
    """The reading in a stats answer; None where the container does not run.

    trust_system  its `system_cpu_usage` is the host's whole CPU time; False for Podman

    Engines go on answering for exited containers, with zeros and a `read` of the year 1: that is no usage, not one
    of 0. `networks` is missing for containers on the host's network and on none, a null list of block entries says
    that nothing was moved or that nobody counts: both stay unknown.
    """
    read_at = moment(frame.read)
    if read_at is None:
        return None
    cpu, memory, block = (
        frame.cpu_stats or _Cpu(),
        frame.memory_stats or _Memory(),
        frame.blkio_stats or _Block(),
    )
    usage = cpu.cpu_usage or _CpuUsage()
    throttling = cpu.throttling_data or _Throttling()
    entries = block.io_service_bytes_recursive
    moved = (
        block_totals((entry.op, entry.value) for entry in entries) if entries is not None else (None, None)
    )
    networks = list(frame.networks.values()) if frame.networks else None
    return Counters(
        cpu_ns=usage.total_usage or None,
        system_ns=cpu.system_cpu_usage if trust_system else None,
        online_cpus=cpu.online_cpus or len(usage.percpu_usage or ()) or None,
        at_ns=int(read_at.timestamp() * 1e6) * 1000,
        memory_bytes=(
            memory_without_cache(memory.usage, memory.stats or {}) if memory.usage is not None else None
        ),
        memory_limit_bytes=memory.limit,
        network_rx_bytes=sum(n.rx_bytes for n in networks) if networks is not None else None,
        network_tx_bytes=sum(n.tx_bytes for n in networks) if networks is not None else None,
        block_read_bytes=moved[0],
        block_write_bytes=moved[1],
        pids=frame.pids_stats.current if frame.pids_stats else None,
        periods=throttling.periods,
        throttled_periods=throttling.throttled_periods,
    )


# Met once before several threads read answers; see rows.py.
frame_of({})
