"""Containers: what runs, what does not, and what it takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from triage_tui.model import Kind, Sighting
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.signals import ratio
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance
from triage_tui.ui.palette import Tone
from triage_tui.ui.rows import Column, Row

SIGNAL_EXIT = 128
"""Exit codes above this are 128 + the signal that ended the process."""


def status(container: Container) -> tuple[str, Tone, int]:
    """State, health and how it ended in one word, its tone, and how much it wants to be looked at (0 the most)."""
    match container.state:
        case "running":
            if container.health == "unhealthy":
                return "✗ unhealthy", "bad", 0
            if container.health == "starting":
                return "◌ starting", "warn", 3
            return ("● healthy", "good", 5) if container.health == "healthy" else ("● running", "good", 5)
        case "restarting":
            return "✗ restarting", "bad", 0
        case "exited" | "dead":
            if container.oom_killed:
                return (
                    f"✗ OOM {container.exit_code if container.exit_code is not None else ''}".rstrip(),
                    "bad",
                    1,
                )
            if container.exit_code == 0:
                return "○ exited 0", "dim", 6
            code = figures.UNKNOWN if container.exit_code is None else str(container.exit_code)
            return f"✗ {container.state} {code}", "bad", 2
        case "paused":
            return "‖ paused", "warn", 3
        case _:
            return f"○ {container.state}", "dim", 4


class Containers:
    """The face of a Docker engine."""

    kind = Kind.DOCKER
    title = "Containers"
    whole = ""
    none = "no engine is watched: set DOCKER_HOST, or run `triage init` and name one"
    columns = (
        Column("status", "status", 13),
        Column("name", "name", 14, flex=3, most=44),
        Column("restarts", "rst", 4, align="right", rank=3),
        Column("cpu", "cpu", 6, align="right", rank=1),
        Column("memory", "mem", 5, align="right", rank=1),
        Column("limit", "%lim", 5, align="right", rank=2),
        Column("age", "for", 6, align="right", rank=2),
        Column("project", "project", 9, rank=4, flex=1, most=20),
        Column("network", "net in/out", 11, rank=7, align="right", sortable=False),
        Column("ports", "ports", 14, rank=8, flex=1, most=30),
        Column("image", "image", 16, rank=9, flex=2, most=44),
    )

    def headline(self, glance: Glance, sighting: Sighting) -> Line:
        """`12 running  1 unhealthy  2 exited`."""
        data = _data(sighting)
        if data is None:
            return ()
        states = Counter(container.state for container in data.containers)
        unhealthy = sum(c.state == "running" and c.health == "unhealthy" for c in data.containers)
        killed = sum(bool(c.oom_killed) and c.state != "running" for c in data.containers)
        bad = {
            "unhealthy": unhealthy,
            "OOM": killed,
            "restarting": states.pop("restarting", 0),
            "dead": states.pop("dead", 0),
        }
        parts: list[Line] = [(Cell(f"{states.pop('running', 0)} running"),)]
        parts.extend((Cell(f"{number} {word}", "bad"),) for word, number in bad.items() if number)
        parts.extend((Cell(f"{number} {state}", "dim"),) for state, number in sorted(states.items()))
        return join(parts)

    def summary(self, glance: Glance, sighting: Sighting, width: int, low: bool) -> Sequence[Line]:
        """Nothing: the headline says it."""
        return ()

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """One row a container."""
        data = _data(sighting)
        if data is None:
            return ()
        rows = [self._row(glance, container) for container in data.containers]
        rows.sort(key=lambda row: (row.sort["status"] or 0, row.sort["name"] or ""))
        return rows

    def subject(self, row: Row) -> str:
        """Containers are known by name: an id is new after each deploy."""
        return row.cells["name"].text

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """An engine without containers is not an unknown one."""
        return "this engine has no containers" if _data(sighting) is not None else ""

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """Everything about one container, and what the engine said of it lately."""
        data = _data(sighting)
        found = next((c for c in data.containers if c.id == key), None) if data is not None else None
        if data is None or found is None:
            return ()
        word, _tone, _rank = status(found)
        known: list[tuple[str, str]] = [
            ("name", found.name),
            ("status", word[2:]),
            ("health", found.health or "no health check"),
            ("restarts", figures.count(found.restarts)),
            ("exit code", _exit(found)),
            ("image", found.image),
            ("project", found.project or figures.ABSENT),
            ("service", found.service or figures.ABSENT),
            ("cpu", figures.cpu(found.cpu_percent)),
            ("memory", f"{figures.size(found.memory_bytes)} of {_limit(found)}"),
            (
                "network",
                f"{figures.size(found.network_rx_bytes)} in, {figures.size(found.network_tx_bytes)} out",
            ),
            (
                "disk",
                f"{figures.size(found.block_read_bytes)} read, {figures.size(found.block_write_bytes)} written",
            ),
            ("processes", figures.count(found.pids)),
            ("ports", ", ".join(found.ports) or "none published"),
            ("started", figures.instant(found.started_at) if found.started_at else "never"),
            ("id", found.id[:12]),
        ]
        known.extend((event.at[11:19], event.action) for event in data.events if event.container_id == key)
        return known

    def _row(self, glance: Glance, container: Container) -> Row:
        word, tone, rank = status(container)
        running = container.state in ("running", "paused")
        used = ratio(container.memory_bytes, container.memory_limit_bytes)
        used_tone = glance.tone("docker.memory_ratio", used) if used is not None else "text"
        restarts = container.restarts
        # Figures of a container that does not run do not exist; figures of one that does may be unknown.
        return Row(
            key=container.id,
            cells={
                "status": Cell(word, tone),
                "name": Cell(container.name, "strong" if tone == "bad" else "text"),
                "restarts": Cell(
                    figures.count(restarts), glance.tone("docker.restarts", restarts) if restarts else "dim"
                ),
                "cpu": Cell(figures.cpu(container.cpu_percent) if running else figures.ABSENT),
                "memory": Cell(figures.memory(container.memory_bytes) if running else figures.ABSENT),
                "limit": Cell(_share(container) if running else figures.ABSENT, used_tone),
                "age": Cell(figures.elapsed(container.age_s), "dim"),
                "project": Cell(container.project or figures.ABSENT, "dim"),
                "network": Cell(
                    f"{figures.size(container.network_rx_bytes)}/{figures.size(container.network_tx_bytes)}"
                    if running
                    else figures.ABSENT
                ),
                "ports": Cell(" ".join(container.ports), "dim"),
                "image": Cell(container.image, "dim"),
            },
            sort={
                "status": rank if used_tone == "text" else min(rank, 3),
                "name": container.name,
                "restarts": restarts,
                "cpu": container.cpu_percent,
                "memory": container.memory_bytes,
                "limit": used,
                "age": container.age_s,
                "project": container.project,
                "image": container.image,
                "ports": " ".join(container.ports) or None,
            },
            words=" ".join(
                (container.name, container.image, container.project or "", container.service or "", word)
            ).lower(),
        )


def _data(sighting: Sighting) -> DockerData | None:
    return sighting.data if isinstance(sighting.data, DockerData) else None


def _share(container: Container) -> str:
    if container.memory_limit_bytes is None:
        return figures.ABSENT
    return figures.percent(ratio(container.memory_bytes, container.memory_limit_bytes))


def _limit(container: Container) -> str:
    return figures.size(container.memory_limit_bytes) if container.memory_limit_bytes else "no limit"


def _exit(container: Container) -> str:
    code = container.exit_code
    if container.state == "running" or code is None:
        return figures.ABSENT
    words = [str(code)]
    if container.oom_killed:
        words.append("killed by the kernel for memory")
    elif SIGNAL_EXIT < code < SIGNAL_EXIT + 65:
        words.append(f"ended by signal {code - SIGNAL_EXIT}")
    return ", ".join(words)
