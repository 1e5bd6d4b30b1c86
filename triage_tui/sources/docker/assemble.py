"""One container of the model out of its row, its inspection and its usage."""

from __future__ import annotations

from datetime import datetime

from triage_tui.model.docker import Container
from triage_tui.sources.docker.clock import EngineClock, moment
from triage_tui.sources.docker.labels import MIGRATIONS_LABEL, PROJECT_LABELS, SERVICE_LABELS
from triage_tui.sources.docker.rows import MOST_PORTS, Inspected, Port, Row
from triage_tui.sources.docker.samples import Usage
from triage_tui.sources.docker.usage import Counters
from triage_tui.text import safe

DEPENDS_LABELS = ("com.docker.compose.depends_on", "io.podman.compose.depends_on")
ONE_OFF_LABEL = "com.docker.compose.oneoff"

KILLED = 137
"""128 + SIGKILL: how a container ends whose main process the kernel killed."""

_NOTHING = Counters()


def container_of(
    row: Row,
    inspected: Inspected | None,
    usage: Usage | None,
    clock: EngineClock,
    steady_now: float,
    oom_at: datetime | None,
) -> Container:
    """The container as it is shown. What the inspection has not told yet is None, and so is the end of a run of
    which the inspection knows only the middle.

    oom_at  when it was last heard that one of its processes was killed for memory
    """
    counters = usage.counters if usage is not None else _NOTHING
    current = inspected if inspected is not None and _agree(row, inspected) else None
    started = moment(current.state.started) if current else None
    finished = moment(current.state.finished) if current and not row.runs else None
    return Container(
        id=safe(row.id, limit=64),
        name=safe(row.name, limit=128),
        image=safe(_image(row, inspected), limit=256),
        project=row.label(*PROJECT_LABELS),
        service=row.label(*SERVICE_LABELS),
        state=safe(row.state, limit=20),
        health=(row.health or (inspected.health if inspected else None)) if row.runs else None,
        restarts=inspected.restarts if inspected else None,
        exit_code=_exit_code(row, current),
        oom_killed=_oom_killed(row, current, oom_at),
        cpu_percent=usage.cpu_percent if usage is not None else None,
        memory_bytes=counters.memory_bytes,
        memory_limit_bytes=counters.memory_limit_bytes,
        network_rx_bytes=counters.network_rx_bytes,
        network_tx_bytes=counters.network_tx_bytes,
        block_read_bytes=counters.block_read_bytes,
        block_write_bytes=counters.block_write_bytes,
        pids=counters.pids,
        ports=tuple(safe(str(port), limit=80) for port in _ports(row, inspected)[:MOST_PORTS]),
        started_at=_text(started),
        finished_at=_text(finished),
        age_s=clock.age_s(started if row.runs else finished, steady_now),
        image_id=safe(row.image_id, limit=80) or None,
        error=(safe(current.state.error) or None) if current else None,
        health_output=inspected.health_output if inspected else None,
        usage_age_s=usage.age_s if usage is not None else None,
        migrations=row.label(MIGRATIONS_LABEL),
        restart_policy=inspected.restart_policy if inspected else None,
        depends_on=row.needs(*DEPENDS_LABELS),
        one_off=(row.label(ONE_OFF_LABEL) or "").lower() == "true",
        throttled_ratio=usage.throttled_ratio if usage is not None else None,
    )


def _agree(row: Row, inspected: Inspected) -> bool:
    """The inspection is of the state that the row shows, not of one before."""
    status = inspected.state.status
    return status is None or status == row.state


def _ports(row: Row, inspected: Inspected | None) -> tuple[Port, ...]:
    """What is published; of a container that does not run, what it would publish."""
    return row.ports if row.runs or row.ports or inspected is None else inspected.bound


def _image(row: Row, inspected: Inspected | None) -> str:
    """The image as it was named on starting. The list shows an id where the name has moved to a newer image."""
    return (inspected.config.image if inspected else None) or row.image or ""


def _exit_code(row: Row, current: Inspected | None) -> int | None:
    if row.runs:
        return None
    code = current.state.exit_code if current else row.exit_code
    if row.state == "created" and not code:
        # It never ran; only a failure to start it has left a code.
        return None
    return code


def _oom_killed(row: Row, current: Inspected | None, oom_at: datetime | None) -> bool | None:
    """What the inspection says, or what was heard of this run: an engine that learns of the end before it learns of
    the kernel's reason never corrects the inspection."""
    if current is None:
        return None
    started = moment(current.state.started)
    heard = oom_at is not None and started is not None and oom_at >= started
    if heard and not row.runs and current.state.exit_code == KILLED:
        return True
    return current.state.oom_killed


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None
