"""A port that a running container publishes: where discovery finds servers that nobody configured."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.config.secret import Secret


class Published(Struct, frozen=True):
    """One published TCP port of a running container.

    container       its name; image as it was started, e.g. `docker.io/library/postgres:16`
    container_port  the port inside; host and host_port where it can be reached from this machine
    environment     the container's environment, which may hold the server's user and password
    """

    container: str
    image: str
    container_port: int
    host: str
    host_port: int
    project: str | None = None
    service: str | None = None
    environment: dict[str, Secret] = {}
