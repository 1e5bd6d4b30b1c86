"""The list of containers, and which of them a list's filters mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage_tui.lab.engine.answers.words import command_of, image_id, status_of, tagged
from triage_tui.lab.engine.container import Container
from triage_tui.lab.engine.errors import BadRequestError, EngineError, NotFoundError
from triage_tui.lab.engine.networks import ADDRESS, network_of

Filters = Mapping[str, Sequence[str]]
Find = Callable[[str], Container]

_STATES = frozenset({"paused", "restarting", "removing", "running", "dead", "created", "exited"})
_HEALTH = frozenset({"starting", "healthy", "unhealthy", "none"})
_FILTERS = frozenset(
    {
        "ancestor", "before", "exited", "expose", "health", "id", "is-task", "isolation", "label", "name", "network",
        "publish", "since", "status", "volume",
    }
)  # fmt: skip


def row_of(container: Container, *, size: bool = False) -> dict[str, Any]:
    """One container of `/containers/json`."""
    spec = container.spec
    row: dict[str, Any] = {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": spec.image,
        "ImageID": image_id(spec.image),
        "Command": command_of(spec.argv[0], spec.argv[1:]),
        "Created": container.created_ns // 10**9,
        "Ports": ports_of(container),
        "Labels": spec.all_labels,
        "State": container.state.word,
        "Status": status_of(container),
        "HostConfig": {"NetworkMode": network_of(spec).name},
        "NetworkSettings": {"Networks": {network_of(spec).name: attachment_of(container, listed=True)}},
        "Mounts": [],
    }
    return row | {"SizeRootFs": 0} if size else row


def ports_of(container: Container) -> list[dict[str, Any]]:
    """Published ports; none where it does not run."""
    if container.run is None:
        return []
    return [
        {"IP": port.ip, "PrivatePort": port.container, "PublicPort": port.host, "Type": port.protocol}
        for port in container.spec.ports
    ]


def attachment_of(container: Container, *, listed: bool) -> dict[str, Any]:
    """How a container is in its network. listed: as the list has it, where aliases are left out."""
    network = network_of(container.spec)
    up = container.run is not None
    own = network.project is not None
    aliases = [name for name in (container.spec.service, container.id[:12]) if name and own] or None
    return {
        "IPAMConfig": None,
        "Links": None,
        "Aliases": None if listed else aliases,
        "NetworkID": network.id if container.state.started_ns is not None else "",
        "EndpointID": container.id[::-1] if up else "",
        "Gateway": ADDRESS if up else "",
        "IPAddress": ADDRESS if up else "",
        "IPPrefixLen": 8 if up else 0,
        "IPv6Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "MacAddress": "",
        "DriverOpts": None,
    }


def chosen(
    containers: Sequence[Container], filters: Filters, find: Find, *, all: bool, limit: int
) -> list[Container]:
    """Those that a question for a list means. containers: the newest first. limit: 0 for all.

    Raises BadRequestError and EngineError.
    """
    _check(filters)
    everything = all or limit > 0 or "status" in filters
    found = [
        container
        for container in containers
        if (everything or container.running) and _fits(container, filters, containers, find)
    ]
    return found[:limit] if limit > 0 else found


def has_labels(labels: Mapping[str, str], wanted: Sequence[str]) -> bool:
    """Whether all of these are there, each a name or `name=value`."""
    for entry in wanted:
        name, equals, value = entry.partition("=")
        if name not in labels or (equals and labels[name] != value):
            return False
    return True


def _check(filters: Filters) -> None:
    for name, values in filters.items():
        if name not in _FILTERS:
            raise BadRequestError(f"Invalid filter '{name}'")
        for value in values:
            if name == "status" and value not in _STATES:
                raise BadRequestError(f"Invalid filter 'status={value}'")
            if name == "health" and value not in _HEALTH:
                raise BadRequestError(f"Unrecognised filter value for health: {value}")
            if name == "exited" and not value.lstrip("-").isdigit():
                raise BadRequestError(f'strconv.Atoi: parsing "{value}": invalid syntax', 500)


def _fits(container: Container, filters: Filters, containers: Sequence[Container], find: Find) -> bool:
    return all(
        _fits_one(container, name, values, containers, find) for name, values in filters.items() if values
    )


def _fits_one(
    container: Container, name: str, values: Sequence[str], containers: Sequence[Container], find: Find
) -> bool:
    spec = container.spec
    match name:
        case "label":
            return has_labels(spec.all_labels, values)
        case "status":
            return container.state.word in values
        case "health":
            return (container.health.status if container.health is not None else "none") in values
        case "id":
            return any(container.id.startswith(value) for value in values)
        case "name":
            return any(_matches(value, container.name) for value in values)
        case "exited":
            return container.state.word == "exited" and str(container.state.exit_code) in values
        case "ancestor":
            images = {spec.image, tagged(spec.image), spec.image.partition(":")[0], image_id(spec.image)}
            return any(value in images for value in values)
        case "network":
            network = network_of(spec)
            return any(value == network.name or network.id.startswith(value) for value in values)
        case "publish":
            return any(
                _port(value) in {(port.host, port.protocol) for port in spec.ports} for value in values
            )
        case "expose":
            return any(
                _port(value) in {(port.container, port.protocol) for port in spec.ports} for value in values
            )
        case "before" | "since":
            return _beside(container, name, values, containers, find)
        case "is-task":
            return values[0] in ("false", "0")
        case "isolation":
            return values[0] in ("", "default")
    # There are no volumes.
    return False


def _beside(
    container: Container, name: str, values: Sequence[str], containers: Sequence[Container], find: Find
) -> bool:
    try:
        other = find(values[0])
    except NotFoundError:
        raise EngineError(f"no such container {values[0]}") from None
    place, mark = containers.index(container), containers.index(other)
    return place > mark if name == "before" else place < mark


def _matches(pattern: str, name: str) -> bool:
    try:
        # With and without the slash, as Docker has it.
        return any(re.search(pattern, called) is not None for called in (name, f"/{name}"))
    except re.error:
        return pattern in name


def _port(text: str) -> tuple[int, str]:
    number, _, protocol = text.partition("/")
    return (int(number) if number.isdigit() else -1), protocol or "tcp"
