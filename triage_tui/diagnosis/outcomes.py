"""What the checks say that a look already answers: pass, warn, fail, or not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from triage_tui.config.limits import bounds
from triage_tui.config.settings import Threshold
from triage_tui.diagnosis.judging import Judgement, judge
from triage_tui.diagnosis.registry import all_rules
from triage_tui.model import Finding, Kind, Picture, Severity, Sighting
from triage_tui.model.docker import DockerData
from triage_tui.model.host import HostData
from triage_tui.model.http import HttpData
from triage_tui.model.outcome import Checked, Outcome
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData
from triage_tui.text import figures


class Looked(Struct, frozen=True):
    """One check of a kind of target that a look answers.

    findings  prefixes of the findings that speak against it: the worst of them is its outcome
    says      the numbers of a look that succeeded; None: they are not known
    """

    id: str
    kind: Kind
    findings: tuple[str, ...]
    says: Callable[[Sighting], str | None]


def outcomes(picture: Picture, findings: Iterable[Finding]) -> tuple[Checked, ...]:
    """Every check that is answered, target by target. What cannot be seen is unknown, and never passes."""
    told = list(findings)
    return tuple(
        _checked(check, sighting, told)
        for sighting in picture.sightings
        for check in _CHECKS
        if check.kind is sighting.target.kind
    )


def outcome_of(
    id: str, picture: Picture, sighting: Sighting, given: Mapping[str, Threshold], subject: str = ""
) -> Checked | None:
    """One check that a look answers, for the target of a picture or one subject in it. None: a look does not answer it.

    It is judged by the rules of the findings that speak against it, so by the same thresholds, and by this picture
    alone: what has to hold for a while before it is told counts here at once.
    """
    check = next((one for one in (*_CHECKS, *_ASKED) if one.id == id), None)
    if check is None or check.kind is not sighting.target.kind:
        return None
    rules = [
        rule
        for rule in all_rules()
        if rule.id.startswith(check.findings) and sighting.target.kind in rule.kinds
    ]
    judgement = judge(rules, picture, bounds(given))
    found = [one for one in judgement.found.values() if subject in ("", one.subject) or subject in one.about]
    checked = _checked(check, sighting, found)
    if checked.outcome is Outcome.PASS and _is_unclear(judgement, sighting.target.name, subject):
        return Checked(id, checked.target, Outcome.UNKNOWN, f"{checked.message}; the rest cannot be told")
    return checked


def known_outcome(id: str, sighting: Sighting, findings: Iterable[Finding], subject: str = "") -> Outcome:
    """What the last look says to a check, by what was found; unknown where it cannot be seen, or where only asking
    tells."""
    check = next((one for one in (*_CHECKS, *_ASKED) if one.id == id), None)
    if check is None or check.kind is not sighting.target.kind:
        return Outcome.UNKNOWN
    return _checked(check, sighting, [one for one in findings if subject in ("", one.subject)]).outcome


def _is_unclear(judgement: Judgement, target: str, subject: str) -> bool:
    """Whether a rule could not tell, of the target as a whole or of the subject that is asked about."""
    return any(
        where == target and (about is None or (subject != "" and about == subject))
        for _, where, about in judgement.unclear
    )


def _checked(check: Looked, sighting: Sighting, findings: list[Finding]) -> Checked:
    target = sighting.target.name
    against = [
        one
        for one in findings
        if one.target == target and one.id.startswith(check.findings) and not one.stale
    ]
    said = check.says(sighting) if sighting.known else None
    if against:
        worst = max(against, key=lambda one: one.severity.rank)
        outcome = _OUTCOMES[worst.severity]
        if outcome is not Outcome.PASS:
            return Checked(check.id, target, outcome, worst.title)
    if said is None:
        problem = sighting.problem
        why = problem.message if problem is not None else "nothing is known yet"
        return Checked(check.id, target, Outcome.UNKNOWN, why)
    return Checked(check.id, target, Outcome.PASS, said)


_OUTCOMES = {Severity.CRITICAL: Outcome.FAIL, Severity.WARNING: Outcome.WARN, Severity.INFO: Outcome.PASS}


def answered(sighting: Sighting) -> str:
    """How long the look took that brought what is known."""
    return f"answered in {(sighting.took_s or 0.0) * 1000:.0f} ms"


def _health(sighting: Sighting) -> str | None:
    if not isinstance(sighting.data, DockerData):
        return None
    running = [one for one in sighting.data.containers if one.state == "running"]
    checked = sum(one.health is not None for one in running)
    return f"{len(running)} containers run, {checked} with a health check"


def _connections(sighting: Sighting) -> str | None:
    data = sighting.data
    if not isinstance(data, PostgresData) or data.max_connections is None:
        return None
    return f"{data.connections_used} of {data.max_connections} connections in use"


def _locks(sighting: Sighting) -> str | None:
    data = sighting.data
    if not isinstance(data, PostgresData):
        return None
    waiting = sum(node.waits_for is not None for node in data.blocking)
    return f"{waiting} sessions wait for a lock" if waiting else "nobody waits for a lock"


def _memory(sighting: Sighting) -> str | None:
    data = sighting.data
    if not isinstance(data, RedisData) or data.memory.used_bytes is None:
        return None
    used, most = figures.size(data.memory.used_bytes), data.memory.max_bytes
    return f"{used} of {figures.size(most)} used" if most is not None else f"{used} used, no limit"


def _persistence(sighting: Sighting) -> str | None:
    data = sighting.data
    if not isinstance(data, RedisData) or data.persistence.rdb_last_ok is None:
        return None
    return "the last save went well"


def _depths(sighting: Sighting) -> str | None:
    data = sighting.data
    if not isinstance(data, RedisData):
        return None
    known = [queue.waiting for queue in data.queues if queue.waiting is not None]
    return f"{figures.count(sum(known))} jobs wait in {len(known)} queues"


def _http(sighting: Sighting) -> str | None:
    data = sighting.data
    return (
        f"status {data.status} after {figures.duration(data.latency_s)}"
        if isinstance(data, HttpData)
        else None
    )


def _disks(sighting: Sighting) -> str | None:
    data = sighting.data
    if not isinstance(data, HostData) or not data.disks:
        return None
    fullest = max(data.disks, key=lambda disk: disk.percent)
    return f"the fullest is {fullest.mount} with {fullest.percent:.0f} %"


_CHECKS = (
    Looked(
        "docker.health",
        Kind.DOCKER,
        ("docker.unhealthy", "docker.exited", "docker.restart-loop", "docker.oom", "docker.engine"),
        _health,
    ),
    Looked(
        "postgres.ping",
        Kind.POSTGRES,
        (
            "postgres.unreachable",
            "postgres.auth",
            "postgres.database-missing",
            "postgres.connections-exhausted",
        ),
        answered,
    ),
    Looked("postgres.connections", Kind.POSTGRES, ("postgres.connections",), _connections),
    Looked("postgres.locks", Kind.POSTGRES, ("postgres.blocked", "postgres.deadlocks"), _locks),
    Looked("pgbouncer.pools", Kind.PGBOUNCER, ("pgbouncer.",), answered),
    Looked("redis.ping", Kind.REDIS, ("redis.unreachable", "redis.auth", "redis.loading"), answered),
    Looked("redis.memory", Kind.REDIS, ("redis.memory", "redis.writes", "redis.evicting"), _memory),
    Looked("redis.persistence", Kind.REDIS, ("redis.persistence",), _persistence),
    Looked("queue.depths", Kind.REDIS, ("queue.growing", "queue.stalled", "queue.old"), _depths),
    Looked("queue.workers", Kind.REDIS, ("queue.no-workers",), _depths),
    Looked("http.get", Kind.HTTP, ("http.down", "http.server", "http.slow", "http.unauthorized"), _http),
    Looked("disk.free", Kind.HOST, ("host.disk",), _disks),
    Looked("files.fresh", Kind.FILES, ("files.stale",), answered),
)

_ASKED = (
    Looked("docker.top", Kind.DOCKER, ("docker.memory", "docker.cpu"), _health),
    Looked("env.present", Kind.DOCKER, ("config.",), answered),
    Looked("postgres.slow-statements", Kind.POSTGRES, ("postgres.slow-", "postgres.long-query"), answered),
    Looked("postgres.version-against-client", Kind.DOCKER, ("postgres.client-version",), answered),
    Looked("migrations.status", Kind.POSTGRES, ("postgres.migration",), answered),
    Looked("redis.slowlog", Kind.REDIS, ("redis.slow",), answered),
    Looked("tls.certificate", Kind.HTTP, ("http.tls",), answered),
    Looked("process.list", Kind.HOST, ("host.memory", "host.load"), answered),
)
"""Those that are answered only when somebody asks: what they tell beside the outcome is for whoever reads it then."""


def answered_checks() -> Iterator[str]:
    """The ids of all checks that have an outcome here."""
    return (check.id for check in _CHECKS)
