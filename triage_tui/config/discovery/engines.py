"""Container engines of this machine: DOCKER_HOST, Docker's contexts, and the sockets that exist."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from triage_tui.config.addresses import urls
from triage_tui.config.discovery.contexts import (
    DEFAULT,
    ContextError,
    config_folder,
    current_context,
    read_context,
)
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.config.toml.file import home_of

DEFAULT_ADDRESS = "unix:///var/run/docker.sock"


class FoundEngines(Struct, frozen=True):
    """What was found. variable: the variable that names the one engine; notes: why there is none."""

    specs: tuple[DockerSpec, ...] = ()
    variable: str | None = None
    notes: tuple[str, ...] = ()


def find_engines(environ: Mapping[str, str], root: Path) -> FoundEngines:
    """The engine that was chosen, with the docker command's own precedence; else every socket that exists.

    A choice that leads nowhere is not replaced by the engine of this machine: it would be the wrong one.
    """
    if host := environ.get("DOCKER_HOST"):
        try:
            checked = urls.docker(host)
        except urls.UrlError as error:
            return FoundEngines(notes=(f"DOCKER_HOST {error}. No container engine is watched.",))
        return FoundEngines((DockerSpec("docker", url=checked.url),), "DOCKER_HOST")
    context = _context_in_use(environ)
    if context != DEFAULT:
        return FoundEngines((DockerSpec("docker", context=context),))
    specs = tuple(_from_sockets(environ, root))
    return FoundEngines(specs, notes=() if specs else ("No container engine was found.",))


def address_of(context: str | None, environ: Mapping[str, str]) -> str | None:
    """Where a spec without a url leads: to its context, or to what the environment says. None: cannot be told."""
    if context in (None, DEFAULT):
        if host := environ.get("DOCKER_HOST"):
            return host
        context = context or _context_in_use(environ)
    if context == DEFAULT:
        return DEFAULT_ADDRESS
    try:
        found = read_context(config_folder(environ), str(context))
    except ContextError:
        return None
    return found.host if found else None


def _context_in_use(environ: Mapping[str, str]) -> str:
    return environ.get("DOCKER_CONTEXT") or current_context(config_folder(environ))


def _from_sockets(environ: Mapping[str, str], root: Path) -> Iterator[DockerSpec]:
    seen: set[Path] = set()
    for name, path in _sockets(environ, root):
        try:
            real = path.resolve()
            exists = stat.S_ISSOCK(real.stat().st_mode)
        except (OSError, RuntimeError, ValueError):
            # Not there, or in a folder that is not ours to look into.
            continue
        if exists and real not in seen:
            seen.add(real)
            yield DockerSpec(name, url=Secret(f"unix://{path}"))


def _sockets(environ: Mapping[str, str], root: Path) -> Iterator[tuple[str, Path]]:
    home = home_of(environ)
    runtime = Path(environ.get("XDG_RUNTIME_DIR") or root / f"run/user/{os.geteuid()}")
    yield "docker", root / "var/run/docker.sock"
    yield "docker-rootless", runtime / "docker.sock"
    yield "docker-desktop", home / ".docker/run/docker.sock"
    yield "docker-desktop-linux", home / ".docker/desktop/docker.sock"
    yield "podman", root / "run/podman/podman.sock"
    yield "podman-rootless", runtime / "podman/podman.sock"
    yield "colima", home / ".colima/default/docker.sock"
    yield "orbstack", home / ".orbstack/run/docker.sock"
