"""Docker contexts as the docker command keeps them: `contexts/meta/<sha256 of the name>/meta.json`.

Read here and not through the SDK, whose reader falls back to the local engine for a name it does not know, looks
for contexts in the working directory where there is no config.json, and ignores TLS material that has no client key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct, field

from triage_tui.text.bounded import read_bounded

DEFAULT = "default"
"""The context that is always there: DOCKER_HOST, or the default socket."""

_LARGEST_FILE = 1 << 20
_MOST_CONTEXTS = 200


class ContextError(Exception):
    """A context's file is there and cannot be used. The text says which and why."""


class Context(Struct, frozen=True):
    """Where a context points.

    host        `unix://…`, `tcp://…`, `ssh://…`; None where the context says nothing about Docker
    skip_verify the server's certificate is not checked
    ca, cert, key  PEM files that belong to the context; None where it has none
    """

    name: str
    host: str | None
    skip_verify: bool = False
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


class _DockerEndpoint(Struct):
    host: str | None = field(name="Host", default=None)
    skip_verify: bool = field(name="SkipTLSVerify", default=False)


class _Endpoints(Struct):
    docker: _DockerEndpoint | None = None


class _Meta(Struct):
    name: str = field(name="Name")
    endpoints: _Endpoints = field(name="Endpoints", default_factory=_Endpoints)


class _Config(Struct):
    current: str | None = field(name="currentContext", default=None)


def config_folder(environ: Mapping[str, str]) -> Path:
    """DOCKER_CONFIG, or `.docker` in the home folder. It need not exist."""
    if configured := environ.get("DOCKER_CONFIG"):
        return Path(configured)
    home = environ.get("HOME")
    return (Path(home) if home else Path.home()) / ".docker"


def current_context(folder: Path) -> str:
    """The context that `docker context use` chose; `default` where none was chosen or config.json is unreadable."""
    try:
        config = msgspec.json.decode(_text(folder / "config.json"), type=_Config)
    except (OSError, msgspec.MsgspecError, ValueError):
        return DEFAULT
    return config.current or DEFAULT


def context_names(folder: Path) -> tuple[str, ...]:
    """Names of all contexts that can be read, sorted, `default` among them. At most a few hundred."""
    names = {DEFAULT}
    try:
        metas = [entry / "meta.json" for _, entry in zip(range(_MOST_CONTEXTS), _metas(folder), strict=False)]
    except OSError:
        return (DEFAULT,)
    for meta in metas:
        try:
            names.add(msgspec.json.decode(_text(meta), type=_Meta).name)
        except (OSError, msgspec.MsgspecError, ValueError):
            continue
    return tuple(sorted(names))


def read_context(folder: Path, name: str) -> Context | None:
    """The context of that name; None where there is none. Raises ContextError where its file makes no sense."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
    path = folder / "contexts" / "meta" / digest / "meta.json"
    try:
        meta = msgspec.json.decode(_text(path), type=_Meta)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise ContextError(f"{path}: {error}") from error
    docker = meta.endpoints.docker or _DockerEndpoint()
    tls = folder / "contexts" / "tls" / digest / "docker"
    return Context(
        name=name,
        host=docker.host,
        skip_verify=docker.skip_verify,
        ca=_if_there(tls / "ca.pem"),
        cert=_if_there(tls / "cert.pem"),
        key=_if_there(tls / "key.pem"),
    )


def _metas(folder: Path) -> list[Path]:
    meta = folder / "contexts" / "meta"
    return sorted(meta.iterdir()) if meta.is_dir() else []


def _text(path: Path) -> bytes:
    _, raw = read_bounded(path, _LARGEST_FILE)
    return raw


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None
