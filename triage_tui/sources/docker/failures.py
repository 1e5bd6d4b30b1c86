"""What went wrong with an engine, in words that tell the cases apart and say what to do."""

from __future__ import annotations

import grp
import http.client
import os
import socket
import ssl
from pathlib import Path
from typing import TypeVar

import msgspec
import requests
import urllib3
from docker.errors import APIError, DockerException, InvalidVersion

from triage_tui.model import Problem, ProblemKind
from triage_tui.sources.docker.client import ANSWER_S, CONNECT_S, AbortedError, AnswerError
from triage_tui.sources.docker.endpoint import Endpoint, EndpointError
from triage_tui.sources.docker.tunnel import TunnelError
from triage_tui.sources.problems import network_problem, protocol_problem, timeout_problem
from triage_tui.sources.worker import StillBusyError
from triage_tui.text import safe

E = TypeVar("E", bound=BaseException)

EXPECTED = (
    EndpointError,
    TunnelError,
    DockerException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    msgspec.MsgspecError,
    AnswerError,
    AbortedError,
    StillBusyError,
)
"""What an engine, a network or a file can make a look raise. Anything else is a mistake of ours."""

_TIMEOUTS = (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError, AbortedError, StillBusyError)

_SPEAKS = "a Docker engine's API"
_BAD_REQUEST, _UNAUTHORISED, _FORBIDDEN, _NOT_FOUND, _CONFLICT, _SERVER_ERROR = 400, 401, 403, 404, 409, 500


def is_gone(error: BaseException) -> bool:
    """The engine says that a container is not there any more, or does not run."""
    return isinstance(error, APIError) and error.status_code in (_NOT_FOUND, _CONFLICT)


def problem_of(error: BaseException, endpoint: Endpoint) -> Problem:
    """The problem behind an error in EXPECTED."""
    shown = endpoint.shown
    if isinstance(error, EndpointError | TunnelError):
        return error.problem
    if isinstance(error, InvalidVersion):
        return _version_problem(str(error))
    if (refusal := _cause(error, APIError)) is not None:
        return _refusal_problem(refusal, shown)
    if (tls := _cause(error, ssl.SSLError)) is not None:
        return _tls_problem(tls, endpoint)
    # urllib3 counts every connection that it could not make as one that took too long.
    if (
        known := _cause(error, socket.gaierror, ConnectionRefusedError)
    ) is not None and endpoint.scheme == "tcp":
        named = network_problem(known, shown)
        assert named is not None
        return named
    if _cause(error, requests.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError) is not None:
        return _timeout_problem(endpoint, CONNECT_S)
    if _cause(error, *_TIMEOUTS) is not None:
        return _timeout_problem(endpoint, ANSWER_S)
    if endpoint.scheme == "unix" and (problem := _socket_problem(error, endpoint.path)) is not None:
        return problem
    if endpoint.scheme == "ssh" and _cause(error, http.client.HTTPException, ConnectionError) is not None:
        return _far_socket_problem(endpoint)
    if (problem := network_problem(error, shown)) is not None:
        return problem
    return protocol_problem(_plain(error), shown, _SPEAKS)


def _version_problem(words: str) -> Problem:
    return Problem(
        ProblemKind.PROTOCOL,
        safe(words),
        "Upgrade the engine to Docker 1.12 or newer (API 1.24): older ones cannot be watched.",
    )


def _refusal_problem(error: APIError, shown: str) -> Problem:
    words = safe(error.explanation or str(error)) or f"HTTP {error.status_code}"
    lower = words.lower()
    if error.status_code == _BAD_REQUEST and "https server" in lower:
        return Problem(
            ProblemKind.TLS,
            words,
            f"{shown} wants TLS: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or use a context that has certificates.",
        )
    if error.status_code == _BAD_REQUEST and "client version" in lower:
        return _version_problem(words)
    if error.status_code == _UNAUTHORISED:
        return Problem(ProblemKind.AUTH, words, f"Give {shown} the credentials that it asks for.")
    if error.status_code == _FORBIDDEN:
        return Problem(
            ProblemKind.PERMISSION,
            words,
            f"Let the plugin or socket proxy in front of {shown} pass GET /containers, /events and /version.",
        )
    if (error.status_code or 0) < _SERVER_ERROR:
        return protocol_problem(f"HTTP {error.status_code}: {words}", shown, _SPEAKS)
    return Problem(
        ProblemKind.PROTOCOL,
        f"HTTP {error.status_code}: {words}",
        f"Look into the engine's log on {shown} (journalctl -u docker): it could not answer.",
    )


def _tls_problem(error: ssl.SSLError, endpoint: Endpoint) -> Problem:
    words = safe(str(error)) or type(error).__name__
    reason = str(error).upper()
    shown = endpoint.shown
    if "WRONG_VERSION_NUMBER" in reason or "RECORD_LAYER" in reason or "HTTP_REQUEST" in reason:
        step = f"{shown} does not speak TLS: unset DOCKER_TLS_VERIFY, or use the port that does (2376)."
    elif "CERTIFICATE_VERIFY_FAILED" in reason:
        step = f"Check that {shown} is the right engine and that ca.pem signed its certificate for this name."
    elif "CERTIFICATE" in reason or "HANDSHAKE" in reason:
        step = f"{shown} wants a client certificate: put cert.pem and key.pem into DOCKER_CERT_PATH or the context."
    else:
        step = f"Check the certificates for {shown} in DOCKER_CERT_PATH or the context, and their expiry."
    return Problem(ProblemKind.TLS, words, step)


def _timeout_problem(endpoint: Endpoint, after_s: float) -> Problem:
    plain = timeout_problem(endpoint.shown, after_s)
    if endpoint.scheme == "unix":
        return Problem(
            plain.kind,
            plain.message,
            "The engine takes connections and does not answer: check disk and load, then systemctl status docker.",
        )
    return plain


def _socket_problem(error: BaseException, path: str) -> Problem | None:
    if (denied := _cause(error, PermissionError)) is not None:
        return Problem(ProblemKind.PERMISSION, f"{safe(str(denied))}: {safe(path)}", _permission_step(path))
    if (missing := _cause(error, FileNotFoundError)) is not None:
        return Problem(
            ProblemKind.REFUSED,
            f"{safe(str(missing))}: no socket at {safe(path)}",
            "Start the engine (sudo systemctl start docker, or podman.socket), or set DOCKER_HOST to where it is.",
        )
    if (refused := _cause(error, ConnectionRefusedError)) is not None:
        return Problem(
            ProblemKind.REFUSED,
            f"{safe(str(refused))}: nobody listens on {safe(path)}",
            "The engine has stopped: sudo systemctl start docker, and journalctl -u docker says why.",
        )
    return None


def _permission_step(path: str) -> str:
    group = _group_of(path)
    if group is None or group == "root":
        return f"Run triage as the user that owns {safe(path)}, or as root."
    return f"Join the group {safe(group)} (sudo usermod -aG {safe(group)} $USER), then log in again."


def _group_of(path: str) -> str | None:
    try:
        group = Path(path).stat().st_gid
        # A member whom other permissions keep out (a folder, an ACL) is not helped by joining.
        return None if group in os.getgroups() else grp.getgrgid(group).gr_name
    except (OSError, KeyError):
        return None


def _far_socket_problem(endpoint: Endpoint) -> Problem:
    return Problem(
        ProblemKind.REFUSED,
        f"ssh reached {safe(endpoint.host)}, and {safe(endpoint.path)} there did not answer",
        f"On {safe(endpoint.host)}: start the engine, and let the ssh user into the group docker.",
    )


def _cause(error: BaseException, *kinds: type[E]) -> E | None:
    """The first error of these kinds in what an error wraps. requests and urllib3 put the first cause in their
    arguments, in `reason`, or only in the chain."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(seen) < 16:
        current = waiting.pop(0)
        if isinstance(current, kinds):
            return current
        if any(current is known for known in seen):
            continue
        seen.append(current)
        wrapped = [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]
        waiting.extend(inner for inner in wrapped if isinstance(inner, BaseException))
    return None


def _plain(error: BaseException) -> str:
    """The innermost words: `Connection aborted` is less than why."""
    inner = _cause(error, http.client.HTTPException)
    if isinstance(inner, http.client.BadStatusLine) and str(inner).startswith("HTTP/"):
        # Its first line is HTTP as far as it goes.
        return "the connection was closed in the middle of an answer"
    return str(inner) or type(inner).__name__ if inner is not None else str(error) or type(error).__name__
