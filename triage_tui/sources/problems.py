"""Failures that every network source shares, in words that tell them apart."""

from __future__ import annotations

import errno
import socket
import ssl

from triage_tui.model import Problem, ProblemKind
from triage_tui.text import safe

_REFUSED = frozenset({errno.ECONNREFUSED, errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN})
_UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


def network_problem(error: BaseException, endpoint: str) -> Problem | None:
    """Name an error of the operating system, the resolver or TLS; None where it is none of these.

    Follows `__cause__`, `__context__` and wrapped arguments, since client libraries hide the first error in
    their own.
    endpoint: the target's endpoint without secrets, for the next step.
    """
    for cause in _chain(error):
        problem = _named(cause, endpoint)
        if problem is not None:
            return problem
    return None


def timeout_problem(endpoint: str, after_s: float | None = None) -> Problem:
    """The target took the connection or the request and never answered."""
    after = f" within {after_s:.3g} s" if after_s is not None else ""
    return Problem(
        ProblemKind.TIMEOUT,
        f"no answer{after} from {endpoint}",
        "Check from this host whether the server is overloaded, paused or cut off by a firewall.",
    )


def protocol_problem(message: str, endpoint: str, speaks: str) -> Problem:
    """Something answered that does not speak the protocol, or broke off in the middle."""
    return Problem(
        ProblemKind.PROTOCOL,
        safe(message) or "the answer made no sense",
        f"Check that {endpoint} is really {speaks}, and that nothing between here and there rewrites traffic.",
    )


def _named(error: BaseException, endpoint: str) -> Problem | None:
    words = safe(str(error)) or type(error).__name__
    if isinstance(error, socket.gaierror):
        return Problem(
            ProblemKind.DNS,
            words,
            f"Check the host name in {endpoint} and this host's resolver (/etc/resolv.conf).",
        )
    if isinstance(error, ssl.SSLError):
        return Problem(
            ProblemKind.TLS,
            words,
            f"Check whether {endpoint} speaks TLS, its certificate's name and expiry, and the authorities.",
        )
    if isinstance(error, TimeoutError):
        return timeout_problem(endpoint)
    if isinstance(error, PermissionError):
        return Problem(
            ProblemKind.PERMISSION,
            words,
            f"Run as a user that may open {endpoint}, or join the group that owns it.",
        )
    if isinstance(error, FileNotFoundError):
        return Problem(
            ProblemKind.REFUSED, words, f"Nothing is at {endpoint}: start the server or correct the path."
        )
    if isinstance(error, OSError) and error.errno in _REFUSED:
        return Problem(
            ProblemKind.REFUSED,
            words,
            f"Check that the server behind {endpoint} runs and listens on that address and port.",
        )
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return Problem(ProblemKind.REFUSED, words, f"Check the route from this host to {endpoint}.")
    return None


def _chain(error: BaseException) -> list[BaseException]:
    """The error and everything it wraps, nearest first, each once."""
    seen: list[BaseException] = []
    waiting: list[BaseException] = [error]
    while waiting and len(seen) < 16:
        current = waiting.pop(0)
        if any(current is known for known in seen):
            continue
        seen.append(current)
        wrapped = [getattr(current, "reason", None), *current.args, current.__cause__, current.__context__]
        waiting.extend(inner for inner in wrapped if isinstance(inner, BaseException))
    return seen
