"""How each drill's fault shows: the raw fact that a rule would have to see, in terms of what was looked at."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.lab.drills.evidence import Evidence
from triage_tui.lab.company.configuration import DATABASE, REDIS
from triage_tui.lab.company.containers import POSTGRES, REVRX, REVRX_WORKER, SYNC_WORKER, WEBHOOK_SENDER
from triage_tui.lab.control import Truth
from triage_tui.model import State
from triage_tui.model.observation import ProblemKind

Fact = Callable[[Evidence, Truth], bool]


def _ended(seen: Evidence, truth: Truth) -> bool:
    one = seen.containers.get(truth.place.subject)
    return one is not None and one.state == "exited" and one.exit_code is not None


def _restarts(said: str) -> Fact:
    def fact(seen: Evidence, truth: Truth) -> bool:
        one = seen.containers.get(truth.place.subject)
        return one is not None and (one.restarts or 0) >= 2 and said in seen.logs(truth.place.subject)

    return fact


def _says(*words: str, container: str | None = None) -> Fact:
    def fact(seen: Evidence, truth: Truth) -> bool:
        logs = seen.logs(container or truth.place.subject)
        return all(word in logs for word in words)

    return fact


def _both(*facts: Fact) -> Fact:
    return lambda seen, truth: all(fact(seen, truth) for fact in facts)


def _session(state: str) -> Fact:
    def fact(seen: Evidence, truth: Truth) -> bool:
        return any(
            str(one.pid) == truth.place.subject and one.state == state for one in seen.postgres.sessions
        )

    return fact


def _failed_with(code: int, words: str) -> Fact:
    def fact(seen: Evidence, truth: Truth) -> bool:
        one = seen.containers.get(truth.place.subject)
        return one is not None and one.exit_code == code and words in seen.logs(truth.place.subject)

    return fact


def _differs(variable: str) -> Fact:
    def fact(seen: Evidence, _truth: Truth) -> bool:
        values = {seen.environment(name).get(variable) for name in seen.containers} - {None}
        return len(values) > 1

    return fact


def _exhausted(seen: Evidence, _truth: Truth) -> bool:
    data = seen.postgres
    return (
        data.max_connections is not None
        and data.reserved_connections is not None
        and data.connections_used >= data.max_connections - data.reserved_connections
    )


def _double_password(seen: Evidence, truth: Truth) -> bool:
    found = seen.environment(truth.place.subject)
    return "@" in found.get("REDIS_URL", "") and bool(found.get("REDIS_PASSWORD"))


def _invalid_url(seen: Evidence, truth: Truth) -> bool:
    url = seen.environment(truth.place.subject).get("DATABASE_URL", "")
    parts = urlsplit(url)
    return bool(url) and (parts.scheme not in ("postgresql", "postgres") or not parts.hostname)


def _default_secret(seen: Evidence, truth: Truth) -> bool:
    found = seen.environment(truth.place.subject).get("SECRET_KEY", "x" * 32)
    return len(found) < 32


def _growing(seen: Evidence, truth: Truth) -> bool:
    queue = seen.queue(truth.place.subject)
    return (queue.growth_per_s or 0) > 1 and (queue.waiting or 0) > 20


def _no_worker(seen: Evidence, truth: Truth) -> bool:
    fix = truth.place.fix
    one = seen.containers.get(fix.argument) if fix is not None else None
    return one is not None and one.state == "exited" and (seen.queue(truth.place.subject).waiting or 0) >= 2


def _stalled(seen: Evidence, truth: Truth) -> bool:
    queue = seen.queue(truth.place.subject)
    return (queue.in_flight or 0) >= 1 and (queue.waiting or 0) >= 3 and (queue.in_flight_age_s or 0) > 5


def _worn_limit(seen: Evidence, truth: Truth) -> bool:
    one = seen.containers.get(truth.place.subject)
    if one is None or not one.memory_bytes or not one.memory_limit_bytes:
        return False
    return one.memory_bytes / one.memory_limit_bytes >= 0.85


def _slot(seen: Evidence, truth: Truth) -> bool:
    return any(
        one.name == truth.place.subject and one.active is False for one in seen.postgres.replication or ()
    )


def _slow_statement(seen: Evidence, _truth: Truth) -> bool:
    """As it runs, or as what it has taken when nobody looked, for as long as whoever ran it is there."""
    sessions = [one for one in seen.postgres.sessions if one.application == "revrx-report"]
    slow = any(one.mean_ms > 1000 for one in seen.postgres.statements or ())
    return any(one.state == "active" for one in sessions) or bool(sessions and slow)


def _refused_by_redis(seen: Evidence, truth: Truth) -> bool:
    logs = seen.logs(truth.place.subject)
    if "invalid username-password" in logs or "AuthenticationError" in logs:
        return True
    return truth.place.subject == REVRX and seen.http("revrx").status == 503


def _blocked(seen: Evidence, truth: Truth) -> bool:
    return any(
        str(one.pid) == truth.place.subject and one.depth == 0 and one.victims >= 3
        for one in seen.postgres.blocking
    )


FACTS: dict[str, Fact] = {
    "aborted-transaction": _session("idle in transaction (aborted)"),
    "backup-version": _says("server version mismatch"),
    "blocked-writers": _blocked,
    "connections-near-limit": lambda seen, _: (seen.postgres.connections_ratio or 0) >= 0.8,
    "crash-loop": _restarts("address already in use"),
    "database-down": lambda seen, _: seen.problem(DATABASE) is ProblemKind.REFUSED,
    "database-url-invalid": _both(_invalid_url, _says("Could not connect to database")),
    "deadlocks": lambda seen, _: any((one.deadlocks_per_s or 0) > 0 for one in seen.postgres.databases),
    "default-secret": _default_secret,
    "dependency-missing": _restarts("ModuleNotFoundError: No module named 'postcodes'"),
    "idle-in-transaction": _session("idle in transaction"),
    "import-stale": lambda seen, truth: bool(seen.folder(truth.place.target).stale),
    "inactive-slot": _slot,
    "job-stuck": _stalled,
    "language-service-throttled": _says("ThrottlingException"),
    "libmagic-missing": _restarts("failed to find libmagic"),
    "matching-down": _ended,
    "memory-near-limit": _worn_limit,
    "migration-behind": lambda seen, _: any(
        re.search(r"column \S+ .*does not exist", seen.logs(name)) is not None
        for name in ("therapy-matching-service-1", "residency-backend-1")
    ),
    "missing-variable": _restarts("environment variable is required"),
    "module-not-found": _restarts("No module named 'svc_infra'"),
    "personal-data-in-logs": _says("ssn=9", "mail=jane."),
    "pgbouncer-unhealthy": lambda seen, truth: seen.containers[truth.place.subject].health == "unhealthy",
    "pool-exhausted": _exhausted,
    "queue-flood": _growing,
    "rate-limit-strategy": _restarts("Invalid rate limiting strategy"),
    "rate-limited": _says("Rate limit exceeded. Try again in", container=SYNC_WORKER),
    "redis-cannot-save": lambda seen, _: seen.redis.persistence.rdb_last_ok is False,
    "redis-clients-near-limit": lambda seen, _: (
        (seen.redis.clients.connected or 0) / (seen.redis.clients.max or 1) > 0.8
    ),
    "redis-down": lambda seen, _: seen.problem(REDIS) is ProblemKind.REFUSED,
    "redis-full": lambda seen, _: (seen.redis.memory.ratio or 0) > 0.98,
    "redis-password-wrong": _refused_by_redis,
    "redis-slow-commands": lambda seen, _: any(
        one.command.upper().startswith("SORT") for one in seen.redis.slowlog or ()
    ),
    "redis-url-double-password": _both(
        _double_password, lambda seen, _: seen.http("residency").status != 200
    ),
    "scripts-not-mounted": _failed_with(2, "can't open file '/app/scripts/"),
    "secret-drift": _both(
        _differs("HMAC_SECRET_KEY"),
        lambda seen, _: any("HMAC verification failed" in seen.logs(name) for name in seen.containers),
    ),
    "seed-twice": _failed_with(1, 'duplicate key value violates unique constraint "people_email_key"'),
    "slow-dependency": lambda seen, _: seen.http("matching").latency_s > 1,
    "slow-query": _slow_statement,
    "task-timeout": _says("Task timed out after 30.0 seconds", container=SYNC_WORKER),
    "token-key-differs": _says("Token signature verification failed", container=REVRX),
    "webhook-failing": _says("WebhookDeliveryError", container=WEBHOOK_SENDER),
    "webhook-secret-missing": _restarts("environment variable is required"),
    "webhook-signature": _says("SignatureVerificationError", container=WEBHOOK_SENDER),
    "worker-down": _no_worker,
    "worker-oom": lambda seen, _: bool(
        seen.containers[REVRX_WORKER].oom_killed or seen.containers[REVRX_WORKER].restarts
    ),
    "wrong-database": _says('database "curavani" does not exist'),
    "wrong-password": _both(
        _says("password authentication failed"), _says("password authentication failed", container=POSTGRES)
    ),
}
"""Drill → whether its fault can be seen."""


def seen_again(seen: Evidence) -> bool:
    """The lab looks well: every target is live, every container runs, and nobody waits."""
    targets = (DATABASE, REDIS, "gateway", "matching", "patients", "revrx", "residency")
    return (
        all(seen.state(target) is State.LIVE for target in targets)
        and all(seen.http(target).status == 200 for target in targets[2:])
        and all(one.state == "running" for one in seen.containers.values())
        and not seen.postgres.blocking
    )
