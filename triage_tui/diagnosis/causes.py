"""Which finding can be the cause of which other one.

Three kinds of knowledge, each a table with its reason:
- DEPTH: of two findings about one thing, the deeper one is the cause.
- SPREADS and SUFFERS: what a thing that others need does to them.
- WITHIN: pairs about one server, with what they have to have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from triage_tui.model import Finding, Severity

_BY_DEPTH: tuple[tuple[str, ...], ...] = (
    # What was configured wrongly explains how the program behaves.
    (
        "config.env-missing",
        "config.database-url-invalid",
        "config.redis-url-double-password",
        "config.env-drift",
    ),
    # The kernel's doing explains the end of a program, whatever it was.
    ("docker.oom-killed",),
    # What a program says itself explains why it cannot go on.
    (
        "postgres.auth-failed",
        "redis.auth-failed",
        "postgres.database-missing",
        "postgres.connections-exhausted",
    ),
    ("redis.loading", "redis.persistence-failed", "redis.writes-refused"),
    ("docker.restart-loop",),
    # A server that does not answer is known by its own name; that its container has ended says why.
    ("postgres.unreachable", "redis.unreachable", "pgbouncer.unreachable"),
    ("docker.exited",),
    ("pgbouncer.clients-waiting",),
    ("docker.unhealthy",),
    ("http.down",),
    ("http.unauthorized",),
    ("http.server-error",),
    ("docker.cpu-throttled", "docker.memory-near-limit"),
    ("http.slow",),
    ("logs.signature",),
)

DEPTH: dict[str, int] = {id: depth for depth, ids in enumerate(_BY_DEPTH) for id in ids}
"""Finding → how deep it lies, 0 the deepest, among findings about one thing."""

SPREADS: frozenset[str] = frozenset(
    {
        "postgres.unreachable", "postgres.auth-failed", "postgres.database-missing", "postgres.connections-exhausted",
        "postgres.blocked-sessions", "postgres.deadlocks", "postgres.migration-behind", "postgres.slow-statement",
        "pgbouncer.unreachable", "pgbouncer.clients-waiting",
        "redis.unreachable", "redis.auth-failed", "redis.writes-refused", "redis.loading", "redis.persistence-failed",
        "redis.clients-near-limit", "redis.slow-commands", "redis.read-only", "redis.replica-link-down",
        "docker.exited", "docker.unhealthy", "docker.restart-loop", "docker.oom-killed", "docker.cpu-throttled",
        "http.down", "http.server-error", "http.slow", "http.unauthorized",
        "config.env-missing", "config.database-url-invalid", "config.redis-url-double-password", "config.env-drift",
    }
)  # fmt: skip
"""Findings that hurt whatever needs the thing that they are about."""

SUFFERS: frozenset[str] = frozenset(
    {
        "docker.unhealthy", "docker.restart-loop", "docker.exited",
        "http.down", "http.server-error", "http.slow",
        "queue.growing", "queue.stalled", "queue.old-job", "queue.dead-jobs", "queue.no-workers",
        "logs.signature", "files.stale", "pgbouncer.clients-waiting", "pgbouncer.unreachable",
    }
)  # fmt: skip
"""Findings that may come from something that the thing needs."""


HOLDS_UP: frozenset[str] = frozenset(
    {
        "postgres.blocked-sessions", "postgres.deadlocks", "postgres.slow-statement",
        "pgbouncer.clients-waiting", "redis.slow-commands", "docker.cpu-throttled", "http.slow",
    }
)  # fmt: skip
"""Findings that make others wait, or fail now and then. A program does not end for them, and stay ended."""

ENDED = "docker.exited"


class Shared(Enum):
    """What two findings about one server have to have in common: nothing more, the subject, or the program."""

    TARGET = "target"
    SUBJECT = "subject"
    ABOUT = "about"


_SESSIONS = ("postgres.idle-in-transaction", "postgres.aborted-transaction", "postgres.long-transaction")

WITHIN: dict[tuple[str, str], Shared] = {
    # The holder of the lock is idle, or its transaction is old: it is the same session.
    **{("postgres.blocked-sessions", id): Shared.SUBJECT for id in (*_SESSIONS, "postgres.long-query")},
    **{("postgres.deadlocks", id): Shared.TARGET for id in ("postgres.blocked-sessions", "logs.signature")},
    **{(id, "postgres.long-transaction"): Shared.SUBJECT for id in _SESSIONS[:2]},
    ("postgres.idle-in-transaction", "postgres.aborted-transaction"): Shared.SUBJECT,
    # One slow statement, or one that waits, uses up what others wait for.
    ("postgres.long-query", "postgres.long-transaction"): Shared.SUBJECT,
    ("postgres.slow-statement", "postgres.long-query"): Shared.ABOUT,
    ("postgres.slow-statement", "postgres.long-transaction"): Shared.ABOUT,
    ("postgres.slow-statement", "postgres.temp-spill"): Shared.TARGET,
    ("postgres.slow-statement", "postgres.low-cache-hit"): Shared.TARGET,
    ("postgres.blocked-sessions", "postgres.connections-near-limit"): Shared.TARGET,
    ("postgres.blocked-sessions", "postgres.connections-exhausted"): Shared.TARGET,
    ("postgres.connections-exhausted", "postgres.connections-near-limit"): Shared.TARGET,
    **{("postgres.connections-exhausted", id): Shared.ABOUT for id in _SESSIONS},
    **{("postgres.connections-near-limit", id): Shared.ABOUT for id in _SESSIONS},
    ("postgres.inactive-slot", "postgres.replication-lag"): Shared.SUBJECT,
    # Redis: what refuses writes explains what fills up before it, and what piles up behind it.
    ("redis.persistence-failed", "redis.writes-refused"): Shared.TARGET,
    ("redis.writes-refused", "redis.memory-near-limit"): Shared.TARGET,
    ("redis.writes-refused", "redis.evicting"): Shared.TARGET,
    ("redis.evicting", "redis.memory-near-limit"): Shared.TARGET,
    # A guide knows the line in which the data stands.
    ("logs.sensitive-data", "logs.signature"): Shared.SUBJECT,
    # One queue: nobody there, paused, hanging, growing, old; each explains those after it.
    **{
        (cause, symptom): Shared.SUBJECT
        for order in [
            ("queue.paused", "queue.no-workers", "queue.stalled", "queue.growing", "queue.old-job"),
        ]
        for place, cause in enumerate(order)
        for symptom in order[place + 1 :]
    },
}  # fmt: skip
"""(cause, symptom) at one target → what both have to have in common."""

UNREACHABLE = frozenset(
    {
        "docker.engine-unreachable", "postgres.unreachable", "redis.unreachable", "pgbouncer.unreachable", "http.down",
        "redis.loading", "postgres.connections-exhausted",
    }
)  # fmt: skip
"""Whatever was known of a target before it went out of sight is no news of its own while it cannot be seen."""

GONE_WORKER = frozenset({"docker.exited"})
BROKEN_WORKER = frozenset(
    {
        "docker.oom-killed", "docker.restart-loop", "docker.unhealthy", "config.env-missing", "redis.auth-failed",
        "config.redis-url-double-password", "config.database-url-invalid", "postgres.auth-failed",
    }
)  # fmt: skip
"""A worker that has ended is told by its queue, which knows what is lost; one that is broken is told by itself."""

WORKER_WORDS = (
    "worker",
    "celery",
    "sidekiq",
    "consumer",
    "huey",
    "dramatiq",
    "bullmq",
    "jobs",
    "queue",
    "rq",
)
"""What programs that work on queues are called."""


def explains_here(cause: Finding, symptom: Finding) -> bool:
    """Whether one finding about a target explains another about the same target."""
    if cause.target != symptom.target:
        return False
    if cause.severity is Severity.INFO and symptom.severity is not Severity.INFO:
        # What is only worth knowing is no cause of what hurts.
        return False
    if symptom.stale and cause.id in UNREACHABLE and cause.subject == "":
        return True
    match WITHIN.get((cause.id, symptom.id)):
        case Shared.TARGET:
            return True
        case Shared.SUBJECT:
            return cause.subject == symptom.subject
        case Shared.ABOUT:
            return bool(set(cause.about) & set(symptom.about))
        case None:
            return False


def is_deeper(cause: Finding, symptom: Finding) -> bool:
    """Whether, of two findings about one thing, the first is the cause.

    Of something that was to end anyway, what it said is the news; that it has ended, with an error, follows from it.
    """
    if {cause.id, symptom.id} == {"docker.exited", "logs.signature"}:
        ended = cause if cause.id == "docker.exited" else symptom
        return (cause is ended) == (ended.severity is Severity.CRITICAL)
    if symptom.id == "logs.signature" and cause.id not in DEPTH:
        # What a server is known to suffer from explains what its own container logs.
        return not cause.id.startswith("logs.") and cause.severity is not Severity.INFO
    first, second = DEPTH.get(cause.id), DEPTH.get(symptom.id)
    return first is not None and second is not None and first < second


def findings_named_by(guides: Iterable[str]) -> Iterator[str]:
    """Findings that guides treat of as such: `postgres/deadlocks` is about postgres.deadlocks."""
    for guide in guides:
        room, _, name = guide.partition("/")
        yield f"{'queue' if room == 'queues' else room}.{name}"


def works_on_queues(container: str) -> bool:
    """Whether a container's name says that it works on queues."""
    name = container.lower()
    return any(word in name for word in WORKER_WORDS)
