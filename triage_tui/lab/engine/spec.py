"""What describes one service to the engine: the process to run, and what Docker would know of its container.

Who builds a company of services needs this module and `engine.Engine`:

    async with Engine(folder) as engine:
        await engine.serve(folder / "docker.sock")   # DOCKER_HOST=unix://…/docker.sock
        engine.add(spec)                             # created, not started; returns the container's id
        await engine.start(spec.name)
        await engine.recreate(spec.name, other)      # stopped and removed, then a new id, started, as compose does it
        await engine.stop(spec.name)                 # likewise restart, kill(name, "SIGKILL"), pause, unpause
        await engine.remove(spec.name)

A change of environment or arguments is `msgspec.structs.replace(spec, env={**spec.env, "NAME": "value"})`, handed to
`recreate`; a restart alone keeps the old ones, as a container does.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
"""Names that Docker takes for a container."""

PROBE = Path(__file__).with_name("probe.py")
"""Asks a url once, for health checks; see `http_check`."""

RestartName = Literal["no", "on-failure", "always", "unless-stopped"]


class SpecError(ValueError):
    """A description that no container can be made of; the message says why."""


class Port(Struct, frozen=True):
    """A port that the process listens on: nothing is forwarded, `host` is the one it really has.

    container  what the port is called inside; shown as private
    host       where it is reached, on `ip`; shown as public
    """

    container: int
    host: int
    ip: str = "127.0.0.1"
    protocol: Literal["tcp", "udp"] = "tcp"


class HealthCheck(Struct, frozen=True):
    """As in Docker: a program that is run beside the process, in its folder and environment; 0 is healthy.

    test            ("CMD", program, argument, …) or ("CMD-SHELL", script)
    interval_s      from the end of one run to the start of the next; the first comes one interval after the start
    timeout_s       a run that takes longer is killed and counts as a failure
    retries         failures in a row until it is unhealthy
    start_period_s  failures this soon after the start do not count
    """

    test: tuple[str, ...]
    interval_s: float = 30.0
    timeout_s: float = 30.0
    retries: int = 3
    start_period_s: float = 0.0


class Restart(Struct, frozen=True):
    """What happens when the process ends by itself. retries: for on-failure, how often at most; 0: without end."""

    name: RestartName = "no"
    retries: int = 0


class LogLimits(Struct, frozen=True):
    """What is kept of its output on disk: `files` files of at most `bytes` each, the oldest lines go first."""

    bytes: int = 1 << 20
    files: int = 2


class ServiceSpec(Struct, frozen=True):
    """One service: what runs, and how its container looks from outside.

    name                the container's, unique in the engine, e.g. `clinic-api-1`
    image               e.g. `clinic/api:1.4.2`; a name only, nothing is fetched
    argv                program and arguments; the program is looked up on PATH of `env`
    env                 all that it gets, beside PATH, HOME and LANG where these are not given
    folder              its working directory, which exists when it is started; None: the engine's own folder
    labels              beside those that compose would set from the next three
    project, service    compose's words for what belongs together; None: not from compose
    depends_on          services of the same project that this one needs; told in compose's label, not waited for
    ports               published ones
    health              None: no health check
    memory_limit_bytes  resident memory of all its processes; above it they are killed as the kernel would do it
    stop_signal         what a stop sends, by name
    stop_timeout_s      from that signal to SIGKILL, where a stop names no time of its own
    """

    name: str
    image: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = {}
    folder: str | None = None
    labels: Mapping[str, str] = {}
    project: str | None = None
    service: str | None = None
    depends_on: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()
    health: HealthCheck | None = None
    restart: Restart = Restart()
    memory_limit_bytes: int | None = None
    logs: LogLimits = LogLimits()
    stop_signal: str = "SIGTERM"
    stop_timeout_s: float = 10.0

    @property
    def environment(self) -> dict[str, str]:
        """All of the process's environment. Nothing of the engine's own gets in but where programs are."""
        given = {"PATH": os.environ.get("PATH", os.defpath), "HOME": self.folder or "/", "LANG": "C.UTF-8"}
        return given | dict(self.env)

    @property
    def all_labels(self) -> dict[str, str]:
        """Labels as compose would set them, and the spec's own over them."""
        found: dict[str, str] = {}
        if self.project is not None:
            found["com.docker.compose.project"] = self.project
        if self.service is not None:
            found["com.docker.compose.service"] = self.service
            found["com.docker.compose.container-number"] = "1"
            found["com.docker.compose.oneoff"] = "False"
            found["com.docker.compose.depends_on"] = ",".join(
                f"{name}:service_started:false" for name in self.depends_on
            )
        return found | dict(self.labels)

    def check(self) -> None:
        """Raises SpecError where no container can be made of this."""
        if not NAME.fullmatch(self.name):
            raise SpecError(
                f"Invalid container name ({self.name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            )
        if not self.argv or not self.argv[0]:
            raise SpecError("No command specified")
        if not hasattr(signal, self.stop_signal):
            raise SpecError(f"Invalid signal: {self.stop_signal}")
        if self.health is not None and self.health.test[:1] not in (("CMD",), ("CMD-SHELL",)):
            raise SpecError(f"Unknown health check: {' '.join(self.health.test)}")
        if self.memory_limit_bytes is not None and self.memory_limit_bytes < 6 << 20:
            raise SpecError("Minimum memory limit allowed is 6MB")


def http_check(
    url: str,
    *,
    interval_s: float = 5.0,
    timeout_s: float = 3.0,
    retries: int = 3,
    start_period_s: float = 0.0,
) -> HealthCheck:
    """A health check that asks an http url and wants an answer below 400.

    Its program is a Python without its site packages, which starts in a fraction of the time that curl's
    stand-ins need: a dozen checks every few seconds cost next to nothing.
    """
    test = ("CMD", sys.executable, "-I", "-S", str(PROBE), url)
    return HealthCheck(test, interval_s, timeout_s, retries, start_period_s)
