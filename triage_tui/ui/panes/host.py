"""The host: what is scarce, since when, and who takes it."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model import Kind, Sighting
from triage_tui.model.host import Disk, HostData, Process
from triage_tui.model.signals import ratio
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance, gauge, labelled
from triage_tui.ui.palette import Tone
from triage_tui.ui.rows import Column, Row

HISTORY_CELLS = 16
BAR_CELLS = 12


class Host:
    """The face of the machine this program runs on."""

    kind = Kind.HOST
    title = "Host"
    whole = ""
    none = "the host is not watched: add a target of kind host to triage.toml"
    columns = (
        Column("pid", "pid", 7, align="right"),
        Column("name", "process", 14, flex=1, most=28),
        Column("cpu", "cpu", 6, align="right"),
        Column("memory", "mem", 5, align="right"),
        Column("user", "user", 9, rank=1),
        Column("command", "command", 14, rank=2, flex=4, most=160, sortable=False),
    )

    def headline(self, glance: Glance, sighting: Sighting) -> Line:
        """The host's name and how long it has been up."""
        data = _data(sighting)
        if data is None:
            return ()
        up: Line = labelled("up", figures.duration(data.uptime_s)) if data.uptime_s is not None else ()
        return join([(Cell(data.hostname),), up])

    def summary(self, glance: Glance, sighting: Sighting, width: int, low: bool) -> Sequence[Line]:
        """CPU and load, memory and swap, disks, network: a bar and a short history each."""
        data = _data(sighting)
        if data is None:
            return ()
        if low:
            return (_all_in_one(glance, data),)
        lines = [self._cpu(glance, sighting, data), self._memory(glance, sighting, data)]
        lines.append(_disks(glance, data))
        lines.append(_network(glance, sighting, data))
        return lines

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """The busiest processes."""
        data = _data(sighting)
        return [_row(process) for process in data.processes] if data is not None else ()

    def subject(self, row: Row) -> str:
        """A process is known by its pid."""
        return row.key

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """Processes need two looks."""
        return "no process seen yet" if _data(sighting) is not None else ""

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """One process."""
        data = _data(sighting)
        found = next((p for p in data.processes if str(p.pid) == key), None) if data is not None else None
        if found is None:
            return ()
        return (
            ("pid", str(found.pid)),
            ("process", found.name),
            ("user", found.user or figures.UNKNOWN),
            ("cpu", figures.cpu(found.cpu_percent)),
            ("memory", figures.size(found.memory_bytes)),
            ("command", found.command or figures.UNKNOWN),
        )

    def _cpu(self, glance: Glance, sighting: Sighting, data: HostData) -> Line:
        percent = data.cpu_percent
        tone = glance.tone("host.cpu_percent", percent)
        load = ratio(data.load[0] if data.load else None, data.cpu_count)
        averages = " ".join(f"{average:.2f}" for average in data.load) if data.load else figures.UNKNOWN
        cores = f" on {data.cpu_count}" if data.cpu_count else ""
        return join(
            [
                _bar("cpu", percent / 100 if percent is not None else None, tone),
                _history(glance.peaks(sighting, "host.cpu_percent", HISTORY_CELLS), 100),
                (
                    Cell("load ", "dim"),
                    Cell(averages, glance.tone("host.load_per_core", load)),
                    Cell(cores, "dim"),
                ),
            ]
        )

    def _memory(self, glance: Glance, sighting: Sighting, data: HostData) -> Line:
        memory = data.memory
        used = memory.percent / 100 if memory is not None else None
        parts = [
            _bar("mem", used, glance.tone("host.memory_ratio", used)),
            _history(glance.peaks(sighting, "host.memory_ratio", HISTORY_CELLS), 1),
        ]
        if memory is not None:
            parts.append(
                labelled(
                    "free", f"{figures.size(memory.available_bytes)} of {figures.size(memory.total_bytes)}"
                )
            )
            if memory.swap_total_bytes:
                swap = ratio(memory.swap_used_bytes, memory.swap_total_bytes)
                parts.append(labelled("swap", figures.percent(swap), glance.tone("host.swap_ratio", swap)))
        return join(parts)


def _data(sighting: Sighting) -> HostData | None:
    return sighting.data if isinstance(sighting.data, HostData) else None


def _all_in_one(glance: Glance, data: HostData) -> Line:
    """What is scarce on one line: cpu, memory, the fullest disk, load."""
    cpu = data.cpu_percent
    memory = data.memory.percent / 100 if data.memory is not None else None
    load = ratio(data.load[0] if data.load else None, data.cpu_count)
    parts = [
        labelled("cpu", figures.cpu(cpu), glance.tone("host.cpu_percent", cpu)),
        labelled("mem", figures.percent(memory), glance.tone("host.memory_ratio", memory)),
    ]
    if data.disks:
        disk = max(data.disks, key=_worst)
        used = disk.percent / 100
        parts.append(
            labelled(f"disk {disk.mount}", figures.percent(used), glance.tone("host.disk_ratio", used))
        )
    averages = f"{data.load[0]:.2f}" if data.load else figures.UNKNOWN
    parts.append(labelled("load", averages, glance.tone("host.load_per_core", load)))
    return join(parts)


def _bar(label: str, used: float | None, tone: Tone) -> Line:
    return (
        Cell(f"{label:<4} ", "dim"),
        *gauge(used, BAR_CELLS, tone),
        Cell(f" {figures.percent(used):>5}", tone),
    )


def _history(values: Sequence[float | None], top: float) -> Line:
    return (Cell(figures.sparkline(values, HISTORY_CELLS, top=top), "accent"),)


def _worst(disk: Disk) -> float:
    return max(disk.percent, disk.inodes_percent or 0.0)


def _disks(glance: Glance, data: HostData) -> Line:
    disks = sorted(data.disks, key=lambda disk: -_worst(disk))
    if not disks:
        return (Cell("disk ", "dim"), Cell(figures.UNKNOWN))
    full = disks[0]
    parts = [_bar("disk", full.percent / 100, glance.tone("host.disk_ratio", full.percent / 100))]
    for disk in disks:
        tone = glance.tone("host.disk_ratio", disk.percent / 100)
        words = f"{figures.percent(disk.percent / 100)}, {figures.size(disk.free_bytes)} free"
        parts.append((Cell(f"{disk.mount} ", "dim"), Cell(words, tone)))
        if disk.inodes_percent is not None:
            inodes = disk.inodes_percent / 100
            if (inode_tone := glance.tone("host.inode_ratio", inodes)) != "text":
                parts.append((Cell(f"inodes {figures.percent(inodes)}", inode_tone),))
    return join(parts)


def _network(glance: Glance, sighting: Sighting, data: HostData) -> Line:
    received = _sum([interface.rx_bytes_per_s for interface in data.network])
    sent = _sum([interface.tx_bytes_per_s for interface in data.network])
    files = ratio(data.open_files, data.open_files_max)
    parts: list[Line] = [
        (Cell("net  ", "dim"), Cell(f"{figures.size(received)}/s in  {figures.size(sent)}/s out")),
        (
            Cell(
                figures.sparkline(
                    glance.peaks(sighting, "host.network_rx_bytes_per_s", HISTORY_CELLS), HISTORY_CELLS
                ),
                "accent",
            ),
        ),
    ]
    if files is not None:
        parts.append(labelled("files", figures.percent(files), glance.tone("host.open_files_ratio", files)))
    return join(parts)


def _sum(rates: Sequence[float | None]) -> float | None:
    known = [rate for rate in rates if rate is not None]
    return sum(known) if known else None


def _row(process: Process) -> Row:
    return Row(
        key=str(process.pid),
        cells={
            "pid": Cell(str(process.pid), "dim"),
            "name": Cell(process.name),
            "cpu": Cell(figures.share(process.cpu_percent)),
            "memory": Cell(figures.memory(process.memory_bytes)),
            "user": Cell(process.user or figures.UNKNOWN, "dim"),
            "command": Cell(process.command or "", "dim"),
        },
        sort={
            "pid": process.pid,
            "name": process.name,
            "cpu": process.cpu_percent,
            "memory": process.memory_bytes,
            "user": process.user,
        },
        words=f"{process.pid} {process.name} {process.user or ''} {process.command or ''}".lower(),
    )
