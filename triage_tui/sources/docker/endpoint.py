"""Which engine is meant: what the configuration, the environment and the Docker contexts say, in that order.

The order is the docker command's: an explicit address, an explicit context, DOCKER_HOST, DOCKER_CONTEXT, the
context in use, the default socket. A name that is not known is an error and never means the local engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from triage_tui.config.discovery.contexts import (
    DEFAULT,
    Context,
    ContextError,
    config_folder,
    context_names,
    current_context,
    read_context,
)
from triage_tui.config.settings import DockerSpec
from triage_tui.model import Problem, ProblemKind
from triage_tui.text import safe

DOCKER_SOCKET = "/var/run/docker.sock"
_PORT, _TLS_PORT = 2375, 2376
_HOW = "Write unix:///path/to.sock, tcp://host:port or ssh://user@host."


class EndpointError(Exception):
    """No engine can be told from the configuration. `problem` says why and what to do."""

    def __init__(self, kind: ProblemKind, message: str, next_step: str) -> None:
        super().__init__(message)
        self.problem = Problem(kind, safe(message), safe(next_step))


class Tls(Struct, frozen=True):
    """How a TCP endpoint is talked to in TLS. verify: check its certificate, against `ca` where there is one."""

    verify: bool
    ca: str | None = None
    cert: str | None = None
    key: str | None = None


class Endpoint(Struct, frozen=True):
    """One engine's address.

    scheme   unix, tcp or ssh
    path     the socket: here for unix, on the other host for ssh; a base path for tcp
    context  the Docker context that named it
    """

    scheme: str
    host: str | None = None
    port: int | None = None
    user: str | None = None
    path: str = ""
    tls: Tls | None = None
    context: str | None = None

    @property
    def url(self) -> str:
        """The address, e.g. `unix:///var/run/docker.sock`, `tcp://db1:2376`, `ssh://ops@db1`."""
        if self.scheme == "unix":
            return f"unix://{self.path}"
        host = f"[{self.host}]" if self.host and ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{user}{host}{port}{self.path if self.path != DOCKER_SOCKET else ''}"

    @property
    def shown(self) -> str:
        """The address for people, with the context it came from."""
        return safe(f"{self.url} (context {self.context})" if self.context else self.url)


def resolve(spec: DockerSpec, environ: Mapping[str, str]) -> Endpoint:
    """The engine that a spec means, by today's environment and files. Raises EndpointError."""
    if spec.url and spec.context:
        raise EndpointError(
            ProblemKind.MISSING,
            f"target {spec.name} names both a url and a context",
            "Remove one of the two from triage.toml.",
        )
    if spec.url:
        return _parse(spec.url.reveal(), _tls_of_environment(environ))
    if spec.context and spec.context != DEFAULT:
        return _of_context(spec.context, environ, "triage.toml")
    if host := environ.get("DOCKER_HOST"):
        return _parse(host, _tls_of_environment(environ))
    if not spec.context:
        if name := environ.get("DOCKER_CONTEXT"):
            return _of_context(name, environ, "DOCKER_CONTEXT")
        name = current_context(config_folder(environ))
        if name != DEFAULT:
            return _of_context(name, environ, "config.json")
    return Endpoint("unix", path=_default_socket(environ))


def _of_context(name: str, environ: Mapping[str, str], said_by: str) -> Endpoint:
    if name == DEFAULT:
        return Endpoint("unix", path=_default_socket(environ))
    folder = config_folder(environ)
    try:
        context = read_context(folder, name)
    except ContextError as error:
        raise EndpointError(
            ProblemKind.MISSING,
            f"context {name} cannot be read: {error}",
            f"Make it anew with `docker context create {name}`, or name another one.",
        ) from error
    if context is None or context.host is None:
        known = ", ".join(context_names(folder))
        raise EndpointError(
            ProblemKind.MISSING,
            f"there is no Docker context {name} (from {said_by}) in {folder}",
            f"Name one of these: {known}.",
        )
    return _with_context(_parse(context.host, _tls_of_context(context)), name)


def _with_context(endpoint: Endpoint, name: str) -> Endpoint:
    return Endpoint(
        endpoint.scheme,
        endpoint.host,
        endpoint.port,
        endpoint.user,
        endpoint.path,
        endpoint.tls,
        context=name,
    )


def _parse(address: str, tls: Tls | None) -> Endpoint:
    """Raises EndpointError for what no engine can be reached at."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise EndpointError(ProblemKind.MISSING, f"{address}: {error}", _HOW) from error
    if parts.query or parts.fragment:
        raise EndpointError(ProblemKind.MISSING, f"{address} is not the address of an engine", _HOW)
    match parts.scheme:
        case "unix":
            # `unix://relative/path` is an old spelling of an absolute path.
            path = unquote(f"/{parts.netloc}{parts.path}" if parts.netloc else parts.path)
            if path not in ("", "/"):
                return Endpoint("unix", path=path)
        case "tcp" | "http" | "https" if parts.hostname:
            _refuse_password(parts, "An engine takes no password: use TLS certificates or ssh://.")
            if parts.scheme == "https" and tls is None:
                tls = Tls(verify=True)
            default = _TLS_PORT if tls else _PORT
            path = parts.path.rstrip("/")
            return Endpoint("tcp", parts.hostname, port or default, path=path, tls=_checked(tls))
        case "ssh" if parts.hostname:
            _refuse_password(parts, "ssh takes no password from a URL: use a key and an agent.")
            return _ssh(parts, port)
    raise EndpointError(ProblemKind.MISSING, f"{address} is not the address of an engine", _HOW)


def _ssh(parts: SplitResult, port: int | None) -> Endpoint:
    user, host = unquote(parts.username or "") or None, parts.hostname
    path = unquote(parts.path.rstrip("/")) or DOCKER_SOCKET
    # Arguments of ssh: a name with a dash in front would be an option, a colon would end the socket's path.
    if any(part and part.startswith("-") for part in (user, host)) or ":" in path:
        raise EndpointError(ProblemKind.MISSING, f"{parts.geturl()} is not the address of a host", _HOW)
    return Endpoint("ssh", host, port, user, path)


def _refuse_password(parts: SplitResult, next_step: str) -> None:
    if parts.password:
        raise EndpointError(ProblemKind.AUTH, f"the address of {parts.hostname} holds a password", next_step)


def _tls_of_environment(environ: Mapping[str, str]) -> Tls | None:
    """DOCKER_TLS_VERIFY and DOCKER_TLS switch TLS on, DOCKER_CERT_PATH says where ca.pem, cert.pem and key.pem are."""
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_TLS"):
        return None
    configured = environ.get("DOCKER_CERT_PATH")
    folder = Path(configured) if configured else config_folder(environ)
    cert, key = folder / "cert.pem", folder / "key.pem"
    pair = cert.is_file() and key.is_file()
    return Tls(
        verify=verify,
        ca=str(folder / "ca.pem") if verify else None,
        cert=str(cert) if pair else None,
        key=str(key) if pair else None,
    )


def _tls_of_context(context: Context) -> Tls | None:
    if context.ca is None and context.cert is None and not context.skip_verify:
        return None
    pair = context.cert is not None and context.key is not None
    return Tls(
        verify=not context.skip_verify,
        ca=str(context.ca) if context.ca else None,
        cert=str(context.cert) if pair else None,
        key=str(context.key) if pair else None,
    )


def _checked(tls: Tls | None) -> Tls | None:
    if tls is not None and tls.ca is not None and not Path(tls.ca).is_file():
        raise EndpointError(
            ProblemKind.TLS,
            f"there is no file {tls.ca}",
            "Put the certificate of the engine's authority there, or set DOCKER_CERT_PATH to its folder.",
        )
    return tls


def _default_socket(environ: Mapping[str, str]) -> str:
    """Docker's socket, or that of a rootless Docker or of Podman where only they are there."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    candidates = [DOCKER_SOCKET]
    if runtime:
        candidates.append(f"{runtime}/docker.sock")
    candidates.append("/run/podman/podman.sock")
    if runtime:
        candidates.append(f"{runtime}/podman/podman.sock")
    return next((path for path in candidates if _is_there(path)), DOCKER_SOCKET)


def _is_there(path: str) -> bool:
    try:
        return Path(path).is_socket()
    except OSError:
        # It is there, in a folder that may not be entered: what is asked of it will say so.
        return True
