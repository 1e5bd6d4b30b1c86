"""One look at the host."""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
from collections.abc import Collection, Mapping
from pathlib import Path

import psutil
from msgspec import Struct
from msgspec.structs import replace

from triage_tui.config.settings import HostSpec
from triage_tui.model import Gap, Kind, Observation, Problem, ProblemKind, Target
from triage_tui.model.host import HostData, HostMemory, Interface
from triage_tui.sources.clock import CLOCK, Clock
from triage_tui.sources.host.disks import Mount, RemoteDisks, local_disks, mounts
from triage_tui.sources.host.processes import ProcessTable
from triage_tui.sources.host.rates import busy_percent, per_second
from triage_tui.sources.problems import timeout_problem
from triage_tui.sources.source import Look
from triage_tui.sources.worker import StillBusyError, Worker
from triage_tui.text import safe

DEADLINE_S = 5.0
LOOK_WITHIN_S = 4.0

FIRST_SAMPLE_S = 0.2
"""Between the two samples of the first look: long enough for a share of time, too short to be noticed."""

VIRTUAL_INTERFACES = (
    "lo",
    "veth",
    "br-",
    "docker",
    "virbr",
    "cni",
    "flannel",
    "cali",
    "podman",
    "dummy",
    "ifb",
)
"""Their traffic passes a real interface too, or never leaves the host."""

MOST_INTERFACES = 16

UNLIMITED = 1 << 60
"""The kernel writes limits that are none as numbers near 2⁶³."""

CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""The memory limit of our own container: version 2, version 1."""


class _Sample(Struct, frozen=True):
    """Counters at one instant."""

    at: float
    cpu: Mapping[str, float]
    network: Mapping[str, tuple[int, int, int]]


class HostSource:
    """Reads on a thread of its own: the kernel may be slow to answer on a host that is out of memory."""

    def __init__(self, spec: HostSpec, clock: Clock = CLOCK) -> None:
        name = safe(platform.node(), limit=80) or "localhost"
        self._target = Target(spec.name, Kind.HOST, name, spec.depends_on)
        self._clock = clock
        self._worker = Worker(f"host {spec.name}")
        self._processes = ProcessTable(clock.steady)
        self._remote = RemoteDisks()
        self._before: _Sample | None = None

    @property
    def target(self) -> Target:
        """The host; its endpoint is its name."""
        return self._target

    @property
    def deadline_s(self) -> float:
        """Seconds after which a look is given up."""
        return DEADLINE_S

    def focus(self, subjects: Collection[str]) -> None:
        """Nothing on a host costs more when it is looked at."""

    async def observe(self) -> Observation:
        """Look once. The first look takes two samples, so that shares and rates are known from the start."""
        look = Look(self._target, self._clock)
        try:
            if self._before is None:
                await self._read()
                await asyncio.sleep(FIRST_SAMPLE_S)
            data, found = await self._read()
        except (TimeoutError, StillBusyError):
            return look.failed(timeout_problem("this host's kernel", LOOK_WITHIN_S))
        except (OSError, psutil.Error, RuntimeError) as error:
            return look.failed(_unreadable(error))
        disks, gaps = await self._remote.read(found)
        data = replace(data, disks=data.disks + disks)
        return look.live(data, [*gaps, *_container_gap(data.memory)])

    async def aclose(self) -> None:
        """Let the threads go."""
        self._worker.close()
        self._remote.close()

    async def _read(self) -> tuple[HostData, tuple[Mount, ...]]:
        return await asyncio.wait_for(self._worker.run(self._read_now), LOOK_WITHIN_S)

    def _read_now(self) -> tuple[HostData, tuple[Mount, ...]]:
        before, now = self._before, self._sample()
        self._before = now
        found = mounts()
        open_files, open_files_max = _open_files()
        data = HostData(
            hostname=self._target.endpoint,
            cpu_percent=busy_percent(before.cpu, now.cpu) if before is not None else None,
            cpu_count=psutil.cpu_count(),
            load=os.getloadavg(),
            memory=_memory(),
            disks=local_disks(found),
            network=_interfaces(before, now),
            processes=self._processes.read(),
            open_files=open_files,
            open_files_max=open_files_max,
            uptime_s=max(0.0, self._clock.wall().timestamp() - psutil.boot_time()),
        )
        return data, found

    def _sample(self) -> _Sample:
        network = {
            name: (io.bytes_recv, io.bytes_sent, io.errin + io.errout + io.dropin + io.dropout)
            for name, io in psutil.net_io_counters(pernic=True, nowrap=False).items()
            if not name.startswith(VIRTUAL_INTERFACES)
        }
        return _Sample(self._clock.steady(), psutil.cpu_times()._asdict(), network)


def _memory() -> HostMemory:
    memory = psutil.virtual_memory()
    try:
        swap = psutil.swap_memory()
    except (OSError, RuntimeError):
        swap = None
    return HostMemory(
        total_bytes=memory.total,
        used_bytes=memory.used,
        available_bytes=memory.available,
        percent=100.0 * (memory.total - memory.available) / memory.total if memory.total else 0.0,
        swap_total_bytes=swap.total if swap is not None else None,
        swap_used_bytes=swap.used if swap is not None else None,
    )


def _interfaces(before: _Sample | None, now: _Sample) -> tuple[Interface, ...]:
    interfaces: list[Interface] = []
    for name, (received, sent, errors) in list(now.network.items())[:MOST_INTERFACES]:
        was = before.network.get(name) if before is not None else None
        passed = now.at - before.at if before is not None else 0.0
        interfaces.append(
            Interface(
                name=safe(name, limit=40),
                rx_bytes=received,
                tx_bytes=sent,
                rx_bytes_per_s=per_second(was[0], received, passed) if was is not None else None,
                tx_bytes_per_s=per_second(was[1], sent, passed) if was is not None else None,
                errors=errors,
            )
        )
    return tuple(interfaces)


def _open_files() -> tuple[int | None, int | None]:
    """Open files of all processes and the kernel's limit (proc_sys_fs(5)); None where there is none."""
    try:
        opened, _unused, most = Path("/proc/sys/fs/file-nr").read_text("ascii").split()
    except (OSError, ValueError):
        return None, None
    return int(opened), int(most) if int(most) < UNLIMITED else None


def _container_gap(memory: HostMemory | None) -> list[Gap]:
    for path in CGROUP_LIMITS:
        with contextlib.suppress(OSError, ValueError):
            limit = int(path.read_text("ascii"))
            if memory is not None and limit < memory.total_bytes:
                return [
                    Gap(
                        "memory.limit",
                        Problem(
                            ProblemKind.MISSING,
                            f"we run in a container limited to {limit >> 20} MiB; the figures are the host's",
                            "Run triage on the host itself to see its own processes and disks.",
                        ),
                    )
                ]
    return []


def _unreadable(error: BaseException) -> Problem:
    return Problem(
        ProblemKind.PERMISSION if isinstance(error, PermissionError) else ProblemKind.MISSING,
        safe(str(error)) or type(error).__name__,
        "Check that /proc and /sys are mounted and readable.",
    )
