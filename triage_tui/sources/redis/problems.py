"""What a server refuses, and what becomes of a connection, in words with a next step."""

from __future__ import annotations

import re

from redis.exceptions import TimeoutError as RedisTimeoutError

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.sources.problems import network_problem, protocol_problem, timeout_problem
from triage_tui.sources.redis.tls_probe import Speaks, what_speaks_at
from triage_tui.sources.redis.wire import ANSWER_TIMEOUT_S, BrokenError, Refusal
from triage_tui.text import safe

_NEXT_STEPS: dict[str, tuple[ProblemKind, str]] = {
    "NOAUTH": (
        ProblemKind.AUTH,
        "Put the password (and the user, where there is one) into this target's url.",
    ),
    "WRONGPASS": (
        ProblemKind.AUTH,
        "Check user and password in this target's url; they may have been rotated.",
    ),
    "DENIED": (
        ProblemKind.PERMISSION,
        "The server takes nobody from outside as long as it has no password: set one, or look from its own host.",
    ),
    "LOADING": (
        ProblemKind.REFUSED,
        "Wait until the server has read its data set from disk; restarting it starts that over.",
    ),
    "BUSY": (
        ProblemKind.REFUSED,
        "A script holds the server: SCRIPT KILL (or FUNCTION KILL) ends one that has not written yet.",
    ),
    "MISCONF": (
        ProblemKind.REFUSED,
        "Writes are refused because the last save failed: look for a full disk or missing rights in the server's "
        "`dir`, then run BGSAVE.",
    ),
    "OOM": (
        ProblemKind.REFUSED,
        "Writes are refused because maxmemory is reached: raise it, or find out what grew before deleting anything.",
    ),
    "MASTERDOWN": (
        ProblemKind.REFUSED,
        "This replica has lost its master and may not serve old data: look at the master and the link to it.",
    ),
    "READONLY": (ProblemKind.REFUSED, "This is a replica: point writers at its master."),
    "MOVED": (
        ProblemKind.MISSING,
        "The key is on another node of the cluster: add that node as a target too.",
    ),
    "CLUSTERDOWN": (
        ProblemKind.REFUSED,
        "The cluster misses slots: look at CLUSTER INFO and the nodes that failed.",
    ),
    "CROSSSLOT": (
        ProblemKind.MISSING,
        "The keys are on several nodes of the cluster: add each node as a target.",
    ),
    "WRONGTYPE": (
        ProblemKind.PROTOCOL,
        "Something else uses the key: check the prefixes in this target's settings.",
    ),
}

_COMMAND = re.compile(r"to run the '([A-Za-z0-9|_.-]+)' command")
_MAX_WORDS = 300


def refusal_problem(refusal: Refusal, user: str = "default", about: str | None = None) -> Problem:
    """A refusal of the server in its own words.

    user   who was refused, for the rule that would help
    about  the command or the keys that were refused, where the words do not say
    """
    words = safe(refusal.words, limit=_MAX_WORDS)
    lower = refusal.words.lower()
    if refusal.code == "NOPERM":
        return Problem(ProblemKind.PERMISSION, words, _missing_rule(refusal.words, user, about))
    if refusal.code in _NEXT_STEPS:
        return Problem(_NEXT_STEPS[refusal.code][0], words, _NEXT_STEPS[refusal.code][1])
    if "max number of clients" in lower:
        return Problem(
            ProblemKind.REFUSED,
            words,
            "The server is at maxclients: find who keeps so many connections open, then raise maxclients.",
        )
    if "db index" in lower:
        return Problem(
            ProblemKind.MISSING,
            words,
            "The server has no such database: correct the number, or raise `databases`.",
        )
    if "without any password configured" in lower or "no password is set" in lower:
        return Problem(
            ProblemKind.AUTH, words, "The server has no password: remove it from this target's url."
        )
    if "unknown command" in lower or "unknown subcommand" in lower:
        return Problem(
            ProblemKind.MISSING,
            words,
            "The server is too old for this, or has the command renamed or disabled.",
        )
    return Problem(
        ProblemKind.PROTOCOL, words, "Look the words up in the server's documentation and its log."
    )


def refusal_gap(part: str, refusal: Refusal, user: str = "default", about: str | None = None) -> Gap:
    """A part that is missing because the server refused it."""
    return Gap(part, refusal_problem(refusal, user, about))


async def broken_problem(error: BrokenError, endpoint: str, url: str, user: str = "default") -> Problem:
    """Why there is no connection, or no longer one.

    endpoint  the target's, without secrets, for the words
    url       where to ask once more with and without TLS, since a server that meets the wrong one of them breaks
              off, or says nothing at all
    """
    if error.refusal is not None:
        return refusal_problem(error.refusal, user)
    cause = error.__cause__ or error
    network = network_problem(cause, endpoint)
    if network is not None and network.kind in (ProblemKind.DNS, ProblemKind.PERMISSION):
        return network
    if network is None or network.kind is not ProblemKind.REFUSED or "reset" in network.message.lower():
        mismatch = await _tls_mismatch(url, endpoint)
        if mismatch is not None:
            return mismatch
    if network is not None:
        return network
    if isinstance(cause, RedisTimeoutError | TimeoutError):
        return timeout_problem(endpoint, ANSWER_TIMEOUT_S)
    if "closed" in str(cause).lower():
        return Problem(
            ProblemKind.REFUSED,
            "the server closed the connection in the middle of an answer",
            f"Check whether the server behind {endpoint} was stopped, restarted or killed for memory; its log says so.",
        )
    return protocol_problem(str(cause), endpoint, "a Redis server")


async def _tls_mismatch(url: str, endpoint: str) -> Problem | None:
    speaks = await what_speaks_at(url)
    encrypted = url.startswith("rediss://")
    if encrypted and speaks is Speaks.PLAIN:
        return Problem(
            ProblemKind.TLS,
            "the server answers without TLS and not with it",
            f"Write redis:// instead of rediss:// for {endpoint}, or use the server's TLS port.",
        )
    if not encrypted and speaks is Speaks.TLS:
        return Problem(
            ProblemKind.TLS,
            "the server wants TLS and was asked without it",
            f"Write rediss:// instead of redis:// for {endpoint}.",
        )
    return None


def _missing_rule(words: str, user: str, about: str | None) -> str:
    name = safe(user, limit=60)
    command = _COMMAND.search(words)
    if command is not None:
        return f"Allow it: ACL SETUSER {name} +{command[1].lower()}"
    if "key" in words.lower():
        keys = safe(about, limit=80) if about else "its keys"
        return f"Allow reading them: ACL SETUSER {name} {f'~{keys}' if about else f'~<pattern of {keys}>'}"
    return f"Give the user {name} the rights to read this: ACL SETUSER {name} …"
