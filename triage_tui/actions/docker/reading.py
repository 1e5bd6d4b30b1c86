"""A container as its inspection tells it, as far as an order needs it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct, field

from triage_tui.actions.act import Identity
from triage_tui.actions.docker.identity import NEVER, container_identity
from triage_tui.sources.docker.assemble import DEPENDS_LABELS, ONE_OFF_LABEL
from triage_tui.sources.docker.clock import moment
from triage_tui.sources.docker.labels import PROJECT_LABELS, SERVICE_LABELS
from triage_tui.sources.docker.rows import Inspected, Row, inspected_of
from triage_tui.text import safe

STOP_TIMEOUT_S = 10
"""What an engine gives a container to end by itself, where it was made without a time of its own."""

RUNS = ("running", "paused", "restarting")


class _Config(Struct, frozen=True):
    labels: dict[str, str] | None = field(name="Labels", default=None)
    stop_timeout: int | None = field(name="StopTimeout", default=None)
    image: str | None = field(name="Image", default=None)


class _Host(Struct, frozen=True):
    auto_remove: bool | None = field(name="AutoRemove", default=None)


class _More(Struct, frozen=True):
    name: str | None = field(name="Name", default=None)
    config: _Config = field(name="Config", default_factory=_Config)
    host: _Host = field(name="HostConfig", default_factory=_Host)


class Now(Struct, frozen=True):
    """One container at one instant. started_at: ISO 8601 in UTC, exact to the microsecond; None: never."""

    id: str
    name: str
    image: str
    status: str
    started_at: str | None
    health: str | None
    exit_code: int | None
    error: str | None
    health_output: str | None
    restart_policy: str
    ports: tuple[str, ...]
    project: str | None
    service: str | None
    stop_timeout_s: int
    auto_remove: bool

    @property
    def identity(self) -> Identity:
        """This run of this container."""
        return container_identity(self.id, self.name, self.started_at)

    @property
    def identity_parts(self) -> tuple[str, str]:
        """Its id, and when it started."""
        return self.id, self.started_at or NEVER

    @property
    def runs(self) -> bool:
        """It has processes, or will have them again in a moment."""
        return self.status in RUNS


def now_of(answer: Any) -> Now:
    """The parts of an inspection. Raises msgspec.ValidationError where it is none."""
    seen: Inspected = inspected_of(answer)
    more = msgspec.convert(answer, _More)
    started = moment(seen.state.started)
    row = Row(id=seen.id, labels=more.config.labels)
    return Now(
        id=safe(seen.id, limit=64),
        name=safe((more.name or seen.id[:12]).removeprefix("/"), limit=128),
        image=safe(more.config.image or "?", limit=200),
        status=safe(seen.state.status or "unknown", limit=20),
        started_at=started.isoformat() if started is not None else None,
        health=seen.health,
        exit_code=seen.state.exit_code,
        error=safe(seen.state.error, limit=300) or None if seen.state.error else None,
        health_output=seen.health_output,
        restart_policy=seen.restart_policy or "?",
        ports=tuple(safe(str(port), limit=80) for port in seen.bound),
        project=row.label(*PROJECT_LABELS),
        service=row.label(*SERVICE_LABELS),
        stop_timeout_s=STOP_TIMEOUT_S if more.config.stop_timeout is None else more.config.stop_timeout,
        auto_remove=more.host.auto_remove is True,
    )


class Member(Struct, frozen=True):
    """A container of a compose project, as the list tells it."""

    id: str
    name: str
    service: str
    state: str
    needs: tuple[str, ...]
    one_off: bool


def members(rows: Iterable[Row], project: str) -> tuple[Member, ...]:
    """The containers of a project, by name."""
    found = (
        Member(
            row.id,
            safe(row.name, limit=128),
            row.label(*SERVICE_LABELS) or safe(row.name, limit=128),
            row.state,
            row.needs(*DEPENDS_LABELS),
            (row.label(ONE_OFF_LABEL) or "").lower() == "true",
        )
        for row in rows
        if row.label(*PROJECT_LABELS) == project
    )
    return tuple(sorted(found, key=lambda one: one.name))


def dependants(service: str, them: Iterable[Member]) -> tuple[Member, ...]:
    """Those that need a service, directly or through others."""
    known = tuple(them)
    reached, found = {service}, []
    grown = True
    while grown:
        grown = False
        for one in known:
            if one not in found and one.service != service and reached & set(one.needs):
                found.append(one)
                reached.add(one.service)
                grown = True
    return tuple(found)


# Met once before several threads read answers; see sources/docker/rows.py.
now_of({"Id": ""})
