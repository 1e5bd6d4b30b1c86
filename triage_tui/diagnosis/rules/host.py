"""The machine itself: file systems, memory, load, file handles."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.host import Disk, HostData
from triage_tui.model.signals import ratio
from triage_tui.text import figures

_FIVE_MINUTES_S = 300.0
"""What the second load average is over."""


def disk_full(scene: Scene) -> Iterator[Finding]:
    """One finding for each file system that has too little room, or too few inodes."""
    for disk in scene.data(HostData).disks:
        inodes = ratio(disk.inodes_percent, 100)
        by_room = scene.severity("host.disk_ratio", disk.percent / 100, disk.mount)
        by_inodes = scene.severity("host.inode_ratio", inodes, disk.mount)
        worst = max((one for one in (by_room, by_inodes) if one), key=lambda one: one.rank, default=None)
        if worst is None:
            continue
        yield scene.finding(
            worst,
            disk.mount,
            f"{disk.mount} is nearly full: {figures.size(disk.free_bytes)} free",
            _filled(scene, disk, by_room, by_inodes),
            checks=[scene.deed("disk.free", disk.mount, "what fills it, and how fast")],
        )


def _filled(
    scene: Scene, disk: Disk, by_room: Severity | None, by_inodes: Severity | None
) -> Iterator[Evidence]:
    if by_room is not None:
        said = f"{disk.percent:.0f} % of {figures.size(disk.total_bytes)} used on {disk.device}"
        yield scene.measured(said, "host.disk_ratio", disk.percent / 100, by_room)
    if by_inodes is not None and disk.inodes_percent is not None:
        said = f"{disk.inodes_percent:.0f} % of the inodes used"
        yield scene.measured(said, "host.inode_ratio", disk.inodes_percent / 100, by_inodes)


def memory_pressure(scene: Scene) -> Iterator[Finding]:
    """Little memory is available. Swap that is full by itself is old news: it has to come with little memory."""
    memory = scene.data(HostData).memory
    if memory is None:
        return
    used = memory.percent / 100
    severity = scene.severity("host.memory_ratio", used)
    if severity is None:
        return
    said = f"{figures.size(memory.available_bytes)} of {figures.size(memory.total_bytes)} available"
    evidence = [scene.measured(said, "host.memory_ratio", used, severity)]
    against = []
    swap = ratio(memory.swap_used_bytes, memory.swap_total_bytes)
    if swap is not None and (swapping := scene.severity("host.swap_ratio", swap)) is not None:
        evidence.append(
            scene.measured(f"{figures.percent(swap)} of swap in use", "host.swap_ratio", swap, swapping)
        )
    elif swap is not None:
        against.append(f"swap is not full: {figures.percent(swap)} in use")
    yield scene.finding(
        severity,
        "",
        f"{figures.percent(used)} of the host's memory is taken",
        [*evidence, *_hungriest(scene)],
        against=against,
        checks=[scene.deed("process.list", why="who takes the memory")],
    )


def load_high(scene: Scene) -> Iterator[Finding]:
    """More tasks than cores by the one-minute average; critical only where the processors have no room left."""
    data = scene.data(HostData)
    per_core = ratio(data.load[0] if data.load else None, data.cpu_count)
    severity = scene.severity("host.load_per_core", per_core)
    if severity is None or per_core is None or data.load is None:
        return
    busy = scene.severity("host.cpu_percent", data.cpu_percent)
    lasting = scene.severity("host.load_per_core", ratio(data.load[1], data.cpu_count)) is not None
    severity = min(severity, busy or Severity.WARNING, key=lambda one: one.rank)
    evidence = [
        scene.measured(
            f"load {data.load[0]:.1f} on {data.cpu_count} cores", "host.load_per_core", per_core, severity
        )
    ]
    against = []
    if data.cpu_percent is not None:
        said = f"{data.cpu_percent:.0f} % of the processors busy"
        if busy is not None:
            evidence.append(scene.measured(said, "host.cpu_percent", data.cpu_percent, busy))
        else:
            against.append(f"{said}: tasks wait for disks or a network rather than for processors")
    if data.load[0] < data.load[1]:
        against.append(f"it falls: {data.load[1]:.1f} over five minutes")
    yield scene.finding(
        severity,
        "",
        f"load of {per_core:.1f} for each core",
        [*evidence, *_busiest(scene)],
        against=against,
        began_s=_FIVE_MINUTES_S if lasting else None,
        checks=[scene.deed("process.list", why="who takes the processors")],
    )


def open_files(scene: Scene) -> Iterator[Finding]:
    """File handles against the kernel's limit."""
    data = scene.data(HostData)
    used = ratio(data.open_files, data.open_files_max)
    severity = scene.severity("host.open_files_ratio", used)
    if severity is None or used is None:
        return
    said = f"{figures.count(data.open_files)} of {figures.count(data.open_files_max)} file handles in use"
    yield scene.finding(
        severity,
        "",
        f"{figures.percent(used)} of the host's file handles are in use",
        [scene.measured(said, "host.open_files_ratio", used, severity)],
        checks=[scene.deed("process.list", why="who holds them")],
    )


def _hungriest(scene: Scene) -> Iterator[Evidence]:
    known = [one for one in scene.data(HostData).processes if one.memory_bytes is not None]
    for process in sorted(known, key=lambda one: -(one.memory_bytes or 0))[:1]:
        taken = figures.size(process.memory_bytes)
        yield scene.fact(f"{process.name} (pid {process.pid}) takes the most: {taken}")


def _busiest(scene: Scene) -> Iterator[Evidence]:
    known = [one for one in scene.data(HostData).processes if one.cpu_percent is not None]
    for process in sorted(known, key=lambda one: -(one.cpu_percent or 0.0))[:1]:
        yield scene.fact(
            f"{process.name} (pid {process.pid}) is the busiest: {figures.cpu(process.cpu_percent)} of a core"
        )


RULES = (
    Rule(
        "host.disk-full",
        (Kind.HOST,),
        "The fill of every file system as ordinary users see it, and its inodes.",
        "Databases, logs and container layers stop where nothing can be written any more.",
        disk_full,
        limits=("host.disk_ratio", "host.inode_ratio"),
    ),
    Rule(
        "host.memory-pressure",
        (Kind.HOST,),
        "Memory that programs could get without swapping, and swap in use beside it.",
        "Without it the kernel drops caches that it needs, then kills what is largest.",
        memory_pressure,
        limits=("host.memory_ratio", "host.swap_ratio"),
        hold_s=10.0,
        clear_s=20.0,
    ),
    Rule(
        "host.load-high",
        (Kind.HOST,),
        "The one-minute load average for each core, and how busy the processors are.",
        "Everything on the host answers late, health checks among it.",
        load_high,
        limits=("host.load_per_core", "host.cpu_percent"),
        hold_s=30.0,
        clear_s=60.0,
    ),
    Rule(
        "host.open-files",
        (Kind.HOST,),
        "File handles that are in use against the kernel's limit.",
        "At the limit no program can open a file or a connection.",
        open_files,
        limits=("host.open_files_ratio",),
    ),
)
