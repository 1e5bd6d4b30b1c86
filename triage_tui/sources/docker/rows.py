"""The engine's answers as structs: one row of the list, and what inspecting a container tells in addition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from triage_tui.sources.docker.clock import moment
from triage_tui.text import safe

MOST_PORTS = 64
"""Published ports shown of one container; a range of thousands tells no more."""

LONGEST_OUTPUT = 300

_STATES = {"configured": "created", "initialized": "created", "stopped": "exited", "stopping": "running"}
"""Podman's words for what the Docker API calls otherwise."""

_HEALTH = frozenset({"starting", "healthy", "unhealthy"})
_STATUS_HEALTH = re.compile(r"\((?:health: )?(starting|healthy|unhealthy)\)\s*\Z")
_STATUS_EXIT = re.compile(r"\A(?:Exited|Restarting) \((\d{1,10})\)")
_NEEDED = re.compile(r"([^:,]+):?[^,]*(?:,|\Z)")
"""One entry of compose's label: `db:service_healthy:false`; Podman's compose writes names alone."""

MOST_NEEDED = 32

_STATUS_YOUNG = re.compile(r"\AUp (?:Less than a second|\d{1,2} seconds?|About a minute)")


class Port(Struct, frozen=True):
    """A published port: public on `ip` of the engine's host, private inside."""

    ip: str = field(name="IP", default="")
    private: int = field(name="PrivatePort", default=0)
    public: int = field(name="PublicPort", default=0)
    kind: str = field(name="Type", default="tcp")

    def __str__(self) -> str:
        ip = f"[{self.ip}]" if ":" in self.ip else self.ip or "0.0.0.0"
        return f"{ip}:{self.public}->{self.private}/{self.kind}"


class _Health(Struct, frozen=True):
    status: str | None = field(name="Status", default=None)


class Row(Struct, frozen=True):
    """One container in the list, as the engine sends it."""

    id: str = field(name="Id")
    names: list[str] | None = field(name="Names", default=None)
    image: str | None = field(name="Image", default=None)
    image_id: str | None = field(name="ImageID", default=None)
    raw_state: str | None = field(name="State", default=None)
    status: str | None = field(name="Status", default=None)
    labels: dict[str, str] | None = field(name="Labels", default=None)
    raw_ports: list[Port] | None = field(name="Ports", default=None)
    raw_health: _Health | None = field(name="Health", default=None)

    @property
    def name(self) -> str:
        """The container's own name, raw. With legacy links the list holds `/other/alias` as well."""
        own = [name for name in self.names or () if name.count("/") <= 1]
        return own[0].removeprefix("/") if own else self.id[:12]

    @property
    def state(self) -> str:
        """The Docker API's word for the state."""
        word = (self.raw_state or "unknown").lower()
        return _STATES.get(word, word)

    @property
    def runs(self) -> bool:
        """It has processes, though they may be frozen."""
        return self.state in ("running", "paused")

    @property
    def health(self) -> str | None:
        """A field of its own since API 1.52, before that the end of Status; Podman's list has neither."""
        if self.raw_health is not None and self.raw_health.status in _HEALTH:
            return self.raw_health.status
        found = _STATUS_HEALTH.search(self.status or "")
        return found.group(1) if found else None

    @property
    def exit_code(self) -> int | None:
        """The code in Status, `Exited (137) 3 minutes ago`."""
        found = _STATUS_EXIT.match(self.status or "")
        return int(found.group(1)) if found else None

    @property
    def young(self) -> bool:
        """It says that it started within the last minute or so."""
        return _STATUS_YOUNG.match(self.status or "") is not None

    @property
    def ports(self) -> tuple[Port, ...]:
        """Published ports, in a fixed order, without doubles."""
        published = {port for port in self.raw_ports or () if port.public}
        return tuple(sorted(published, key=lambda p: (p.private, p.kind, p.public, p.ip)))

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What changes when something happened to the container, and does not with time alone."""
        return (self.state, self.health, self.exit_code, self.name, self.image_id, self.ports)

    def label(self, *names: str) -> str | None:
        """The first of these labels that it has, made safe."""
        for name in names:
            if value := (self.labels or {}).get(name):
                return safe(value)
        return None

    def needs(self, *names: str) -> tuple[str, ...]:
        """The services that the first of these labels names, without conditions, made safe."""
        written = next((value for name in names if (value := (self.labels or {}).get(name))), "")
        return tuple(safe(match[1].strip(), limit=128) for match in _NEEDED.finditer(written[:4096]))[
            :MOST_NEEDED
        ]


class _HealthEntry(Struct, frozen=True):
    exit_code: int | None = field(name="ExitCode", default=None)
    output: str | None = field(name="Output", default=None)


class _HealthState(Struct, frozen=True):
    status: str | None = field(name="Status", default=None)
    log: list[_HealthEntry] | None = field(name="Log", default=None)


class _State(Struct, frozen=True):
    status: str | None = field(name="Status", default=None)
    oom_killed: bool | None = field(name="OOMKilled", default=None)
    pid: int | None = field(name="Pid", default=None)
    exit_code: int | None = field(name="ExitCode", default=None)
    error: str | None = field(name="Error", default=None)
    started: str | None = field(name="StartedAt", default=None)
    finished: str | None = field(name="FinishedAt", default=None)
    health: _HealthState | None = field(name="Health", default=None)


class _Config(Struct, frozen=True):
    image: str | None = field(name="Image", default=None)
    env: list[str] | None = field(name="Env", default=None)


class _Restart(Struct, frozen=True):
    name: str | None = field(name="Name", default=None)


class _Binding(Struct, frozen=True):
    ip: str | None = field(name="HostIp", default=None)
    port: str | None = field(name="HostPort", default=None)


class _HostConfig(Struct, frozen=True):
    network_mode: str | None = field(name="NetworkMode", default=None)
    memory: int | None = field(name="Memory", default=None)
    restart: _Restart | None = field(name="RestartPolicy", default=None)
    bindings: dict[str, list[_Binding] | None] | None = field(name="PortBindings", default=None)


class _Attachment(Struct, frozen=True):
    options: dict[str, str] | None = field(name="DriverOpts", default=None)


class _Networks(Struct, frozen=True):
    networks: dict[str, _Attachment | None] | None = field(name="Networks", default=None)


class Inspected(Struct, frozen=True):
    """What is inside the answer to an inspection, as far as it is used."""

    id: str = field(name="Id")
    restarts: int | None = field(name="RestartCount", default=None)
    state: _State = field(name="State", default_factory=_State)
    config: _Config = field(name="Config", default_factory=_Config)
    host: _HostConfig = field(name="HostConfig", default_factory=_HostConfig)
    settings: _Networks = field(name="NetworkSettings", default_factory=_Networks)

    @property
    def started(self) -> object:
        """When it last started, as a datetime; None where it never did."""
        return moment(self.state.started)

    @property
    def own_network(self) -> bool:
        """It has interfaces that are not the host's."""
        return self.host.network_mode not in ("host", "none", None)

    @property
    def restart_policy(self) -> str | None:
        """What becomes of it when it ends; Docker leaves the name empty for `no`."""
        return None if self.host.restart is None else safe(self.host.restart.name, limit=20) or "no"

    @property
    def bound(self) -> tuple[Port, ...]:
        """The ports that it publishes while it runs, as it was made; those that the engine chooses are not known."""
        found = []
        for inside, bindings in (self.host.bindings or {}).items():
            number, _, kind = inside.partition("/")
            for binding in bindings or ():
                if number.isdecimal() and binding.port is not None and binding.port.isdecimal():
                    found.append(
                        Port(
                            ip=binding.ip or "",
                            private=int(number),
                            public=int(binding.port),
                            kind=kind or "tcp",
                        )
                    )
        return tuple(port for port in found if port.public)

    @property
    def interfaces(self) -> tuple[str, ...]:
        """Names that its interfaces were given; others are called eth0, eth1, …"""
        named = [
            (attachment.options or {}).get("com.docker.network.endpoint.ifname")
            for attachment in (self.settings.networks or {}).values()
            if attachment is not None
        ]
        return tuple(name for name in named if name)

    @property
    def health(self) -> str | None:
        """Health at the time of the inspection; None where there is no health check."""
        status = self.state.health.status if self.state.health else None
        return status if status in _HEALTH else None

    @property
    def health_output(self) -> str | None:
        """What the last health check printed, made safe; None where there is nothing."""
        log = self.state.health.log if self.state.health else None
        return safe(log[-1].output.strip(), limit=LONGEST_OUTPUT) if log and log[-1].output else None

    @property
    def environment(self) -> dict[str, str]:
        """NAME=value pairs of its environment, raw."""
        pairs = (entry.partition("=") for entry in self.config.env or ())
        return {name: value for name, equals, value in pairs if equals and name}


def rows_of(answer: Any) -> tuple[list[Row], int]:
    """The rows of a list answer, and how many of it made no sense. Raises msgspec.ValidationError where it is no
    list of containers at all."""
    rows: list[Row] = []
    broken = 0
    for raw in msgspec.convert(answer, list[Any]):
        try:
            rows.append(msgspec.convert(raw, Row))
        except msgspec.ValidationError:
            broken += 1
    if broken and not rows:
        msgspec.convert(answer, list[Row])
    return rows, broken


def inspected_of(answer: Any) -> Inspected:
    """The parts of an inspection. Raises msgspec.ValidationError where it is none."""
    return msgspec.convert(answer, Inspected)


def engine_of(version: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """Name of the engine, its version and the newest API version it speaks, from the answer to /version."""
    known = msgspec.convert(version, _Version)
    names = [component.name for component in known.components or ()]
    name = "Docker"
    if any(part.startswith("Podman") for part in names):
        name = "Podman"
    elif names and "Engine" not in names:
        name = safe(names[0], limit=40)
    return name, safe(known.version, limit=60) or None, known.api or None


class _Component(Struct, frozen=True):
    name: str = field(name="Name", default="")


class _Version(Struct, frozen=True):
    version: str | None = field(name="Version", default=None)
    api: str | None = field(name="ApiVersion", default=None)
    components: list[_Component] | None = field(name="Components", default=None)


# msgspec works a type out when it is first met, and threads that meet it at the same time crash the interpreter.
# Inspections are read by several threads, so all that is converted here is met once before there are any.
rows_of([{"Id": ""}])
inspected_of({"Id": ""})
engine_of({})
