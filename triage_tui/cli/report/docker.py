"""Containers in the plain report."""

from __future__ import annotations

from triage_tui.cli.report import within
from triage_tui.cli.report.layout import Column, table
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.signals import ratio
from triage_tui.text import figures

_COLUMNS = (
    Column("NAME", least=12),
    Column("STATE"),
    Column("HEALTH"),
    Column("RESTARTS", right=True),
    Column("EXIT", right=True),
    Column("CPU", right=True),
    Column("MEMORY", right=True),
    Column("OF", right=True),
    Column("SINCE", right=True),
    Column("PROJECT", least=7),
    Column("IMAGE", least=8),
)


def body(data: DockerData, width: int) -> list[str]:
    """Counts, then containers: those with a problem first, then those that use most memory."""
    states: dict[str, int] = {}
    for container in data.containers:
        states[container.state] = states.get(container.state, 0) + 1
    counts = ", ".join(f"{number} {state}" for state, number in sorted(states.items(), key=lambda s: -s[1]))
    engine = " ".join(part for part in (data.engine, data.version) if part)
    lines = [f"  {engine or 'engine'}: {counts or 'no containers'}"]
    ranked = sorted(data.containers, key=lambda c: (-trouble(c), -(c.memory_bytes or 0), c.name))
    lines += table(_COLUMNS, [_row(c) for c in ranked], width) if ranked else []
    return lines + within.lines_of(data, width)


def trouble(container: Container) -> int:
    """How much this container wants attention, for sorting: 0 = none."""
    if container.oom_killed or container.state in ("restarting", "dead"):
        return 4
    if container.health == "unhealthy":
        return 3
    if container.state == "exited" and container.exit_code:
        return 2
    return 1 if container.restarts else 0


def _row(container: Container) -> tuple[str, ...]:
    memory = ratio(container.memory_bytes, container.memory_limit_bytes)
    running = container.state == "running"
    return (
        container.name,
        container.state,
        container.health or figures.ABSENT,
        figures.count(container.restarts),
        _exit(container),
        figures.cpu(container.cpu_percent) if running else figures.ABSENT,
        figures.size(container.memory_bytes) if running else figures.ABSENT,
        figures.percent(memory) if memory is not None else figures.ABSENT,
        figures.duration(container.age_s),
        container.project or figures.ABSENT,
        container.image,
    )


def _exit(container: Container) -> str:
    if container.oom_killed:
        return "OOM"
    return str(container.exit_code) if container.exit_code is not None else figures.ABSENT
