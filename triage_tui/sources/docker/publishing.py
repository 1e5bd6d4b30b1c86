"""Published ports of running containers, as addresses that can be reached from here."""

from __future__ import annotations

from collections.abc import Iterable

from triage_tui.config.published import Published
from triage_tui.config.secret import Secret
from triage_tui.sources.docker.endpoint import Endpoint
from triage_tui.sources.docker.labels import PROJECT_LABELS, SERVICE_LABELS
from triage_tui.sources.docker.rows import MOST_PORTS, Inspected, Row
from triage_tui.text import safe

_ANY = frozenset({"", "0.0.0.0", "::"})
_LOOPBACK = "127.0.0.1"


def published_of(row: Row, inspected: Inspected, endpoint: Endpoint) -> Iterable[Published]:
    """One entry per TCP port inside and port outside; nothing for what only the engine's own host can reach."""
    environment = {name: Secret(value) for name, value in inspected.environment.items()}
    seen: set[tuple[int, int]] = set()
    for port in row.ports[:MOST_PORTS]:
        host = _reachable(port.ip, endpoint)
        if port.kind != "tcp" or host is None or (port.private, port.public) in seen:
            continue
        seen.add((port.private, port.public))
        yield Published(
            container=safe(row.name, limit=128),
            image=safe(inspected.config.image or row.image or "", limit=256),
            container_port=port.private,
            host=host,
            host_port=port.public,
            project=row.label(*PROJECT_LABELS),
            service=row.label(*SERVICE_LABELS),
            environment=environment,
        )


def _reachable(ip: str, endpoint: Endpoint) -> str | None:
    """The host to connect to for a port that is published on this address of the engine's host."""
    here = endpoint.scheme == "unix" or endpoint.host in ("localhost", _LOOPBACK, "::1")
    if ip in _ANY:
        return _LOOPBACK if here else endpoint.host
    loopback = ip.startswith("127.") or ip == "::1"
    return None if loopback and not here else ip
