"""What is wrong in the pictures, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.ui.pictures import NOW
from triage_tui.model import Change, Deed, Diagnosis, Evidence, Finding, Incident, Quiet, Severity


def blocked(**more: object) -> Finding:
    """Four sessions wait for one."""
    fields: dict[str, object] = {
        "id": "postgres.blocked-sessions",
        "severity": Severity.CRITICAL,
        "target": "shop-db",
        "subject": "4711",
        "title": "4 sessions wait for pid 4711 (backoffice), idle in transaction",
        "evidence": (
            Evidence("the longest has waited 85s", "postgres.longest_wait_s", 85.0, 30.0, 1.4),
            Evidence("pid 4711 has been idle in its transaction for 15m", age_s=1.4),
        ),
        "against": ("no session waits behind the ALTER TABLE of pid 4720 alone",),
        "since": NOW - timedelta(seconds=85),
        "before": (Change(NOW - timedelta(seconds=140), 55.0, "container backoffice was recreated"),),
        "checks": (Deed("postgres.locks", "shop-db", "4711", "what it holds, and who waits"),),
        "actions": (Deed("postgres.terminate", "shop-db", "4711", "ends its transaction"),),
    }
    return Finding(**(fields | more))  # type: ignore[arg-type]


def unhealthy(**more: object) -> Finding:
    """An API that hangs on the database."""
    fields: dict[str, object] = {
        "id": "docker.unhealthy",
        "severity": Severity.CRITICAL,
        "target": "docker",
        "subject": "shop-api",
        "title": "shop-api fails its health check",
        "evidence": (Evidence("health: unhealthy", age_s=0.8),),
        "since": NOW - timedelta(seconds=40),
        "checks": (Deed("docker.health", "docker", "shop-api", "what the check says now"),),
        "actions": (Deed("docker.restart", "docker", "shop-api", "where the program itself hangs"),),
    }
    return Finding(**(fields | more))  # type: ignore[arg-type]


def redis_full(**more: object) -> Finding:
    """Close to its limit."""
    fields: dict[str, object] = {
        "id": "redis.memory-near-limit",
        "severity": Severity.WARNING,
        "target": "shop-redis",
        "subject": "",
        "title": "memory is at 86 % of maxmemory",
        "evidence": (Evidence("440M of 512M, nothing may be evicted", "redis.memory_ratio", 0.86, 0.8, 0.9),),
        "since": NOW - timedelta(minutes=12),
    }
    return Finding(**(fields | more))  # type: ignore[arg-type]


def diagnosis(
    incidents: Sequence[Incident] | None = None,
    *,
    pending: Sequence[Finding] = (),
    quiet: Sequence[Quiet] = (),
) -> Diagnosis:
    """Two incidents, the first with a symptom, where nothing else is given."""
    if incidents is None:
        incidents = (Incident(blocked(), (unhealthy(),)), Incident(redis_full()))
    return Diagnosis(0.0, NOW, tuple(incidents), tuple(quiet), tuple(pending))
