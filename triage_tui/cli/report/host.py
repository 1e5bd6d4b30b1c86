"""The host in the plain report."""

from __future__ import annotations

from triage_tui.cli.report.layout import Column, table
from triage_tui.model.host import HostData
from triage_tui.text import figures

_DISKS = (
    Column("MOUNT", least=10),
    Column("USED", right=True),
    Column("FREE", right=True),
    Column("INODES", right=True),
    Column("DEVICE", least=8),
)
_PROCESSES = (
    Column("PID", right=True),
    Column("CPU", right=True),
    Column("MEMORY", right=True),
    Column("USER"),
    Column("COMMAND", least=16),
)


def body(data: HostData, width: int) -> list[str]:
    """CPU, load and memory, then disks, fullest first, and the busiest processes."""
    load = " ".join(f"{average:.2f}" for average in data.load) if data.load else figures.UNKNOWN
    memory = data.memory
    parts = [
        data.hostname,
        f"cpu {figures.percent(data.cpu_percent / 100 if data.cpu_percent is not None else None)}"
        f" of {figures.count(data.cpu_count)} cores",
        f"load {load}",
        f"memory {figures.percent(memory.percent / 100)} of {figures.size(memory.total_bytes)}"
        if memory is not None
        else "memory unknown",
    ]
    if memory is not None and memory.swap_total_bytes:
        parts.append(
            f"swap {figures.size(memory.swap_used_bytes)} of {figures.size(memory.swap_total_bytes)}"
        )
    lines = [f"  {', '.join(parts)}"]
    disks = sorted(data.disks, key=lambda disk: -disk.percent)
    if disks:
        rows = [
            (
                disk.mount,
                figures.percent(disk.percent / 100),
                figures.size(disk.free_bytes),
                figures.percent(disk.inodes_percent / 100 if disk.inodes_percent is not None else None),
                disk.device,
            )
            for disk in disks
        ]
        lines += table(_DISKS, rows, width)
    if data.processes:
        lines += table(
            _PROCESSES,
            [
                (
                    str(process.pid),
                    figures.cpu(process.cpu_percent),
                    figures.size(process.memory_bytes),
                    process.user or figures.UNKNOWN,
                    process.command or process.name,
                )
                for process in data.processes
            ],
            width,
        )
    return lines
