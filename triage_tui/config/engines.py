"""Container engines of this machine: DOCKER_HOST, Docker's contexts, and the sockets that exist."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from triage_tui.config import urls
from triage_tui.config.bounded import read_bounded
from triage_tui.config.file import home_of
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec

MAX_META_BYTES = 1024 * 1024
"""Bytes of one of Docker's own JSON files. Real ones have a few thousand."""

_TLS_VARIABLES = ("DOCKER_TLS_VERIFY", "DOCKER_TLS", "DOCKER_CERT_PATH")


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
        # With certificates named in the environment, all of it is left to the client, which reads them there.
        url = None if any(environ.get(name) for name in _TLS_VARIABLES) else checked.url
        return FoundEngines((DockerSpec("docker", url=url),), "DOCKER_HOST")
    if context := current_context(environ):
        return FoundEngines((DockerSpec("docker", context=context),))
    specs = tuple(_from_sockets(environ, root))
    return FoundEngines(specs, notes=() if specs else ("No container engine was found.",))


def current_context(environ: Mapping[str, str]) -> str | None:
    """The context that the docker command would use; None for the default one."""
    name = environ.get("DOCKER_CONTEXT") or _json(_folder(environ) / "config.json").get("currentContext")
    return name if isinstance(name, str) and name not in ("", "default") else None


def contexts(environ: Mapping[str, str]) -> dict[str, str]:
    """Docker's stored contexts: name → address of the engine. Empty where there are none."""
    found = {}
    try:
        stored = sorted((_folder(environ) / "contexts" / "meta").iterdir())
    except OSError:
        return {}
    for folder in stored:
        name, host = _context(folder)
        if name and host:
            found[name] = host
    return found


def address(context: str | None, environ: Mapping[str, str]) -> str | None:
    """Where a spec without a url leads: to its context, or to what the environment says; None if that is unknown."""
    if context is None:
        if host := environ.get("DOCKER_HOST"):
            return host
        context = current_context(environ)
    if context in (None, "default"):
        return "unix:///var/run/docker.sock"
    digest = hashlib.sha256(str(context).encode("utf-8", "surrogateescape")).hexdigest()
    return _context(_folder(environ) / "contexts" / "meta" / digest)[1]


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


def _folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("DOCKER_CONFIG") or home_of(environ) / ".docker")


def _context(folder: Path) -> tuple[str | None, str | None]:
    """Name and engine's address of one stored context."""
    meta = _json(folder / "meta.json")
    endpoints = meta.get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    host = docker.get("Host") if isinstance(docker, dict) else None
    name = meta.get("Name")
    return name if isinstance(name, str) else None, host if isinstance(host, str) else None


def _json(path: Path) -> dict[str, Any]:
    """A JSON object from a file; empty where there is none or it is something else."""
    try:
        _, raw = read_bounded(path, MAX_META_BYTES)
        value = json.loads(raw) if len(raw) <= MAX_META_BYTES else None
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
