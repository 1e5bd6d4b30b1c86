"""What programs say themselves: that a server turned them away, or that their database is not there.

The watch has credentials of its own and sees nothing of theirs. So the words are looked for in what their health
checks printed, and in lines of their logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from triage_tui.diagnosis.rule import Judge, Rule, Scene
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.text import figures

SERVERS = frozenset(
    {"postgres", "postgresql", "postgis", "timescaledb", "pgvector", "pgbouncer", "redis", "valkey", "db"}
)
"""What images and services of servers are called."""

PASSWORD = re.compile(
    r'password authentication failed for user|no password supplied|role \\?".{1,80}" does not exist'
    r"|SASL authentication failed|no pg_hba\.conf entry",
    re.IGNORECASE,
)
NO_DATABASE = re.compile(r'database \\?".{1,80}" does not exist', re.IGNORECASE)
"""In an answer that is JSON the quotation marks have a backslash."""

REDIS_PASSWORD = re.compile(
    r"\bWRONGPASS\b|\bNOAUTH\b|invalid username-password pair|invalid password", re.IGNORECASE
)
TOO_MANY = re.compile(
    r"too many clients already|remaining connection slots are reserved|too many connections for",
    re.IGNORECASE,
)


def _said(pattern: re.Pattern[str], title: str, check: str) -> Judge:
    def judge(scene: Scene) -> Iterator[Finding]:
        data = scene.data(DockerData)
        lines = _recent_lines(data, scene.scope("logs.recent_s"))
        for container in data.containers:
            if _is_server(container) or (container.health_output is None and container.name not in lines):
                continue
            line = next((one for one in _words(container, lines) if pattern.search(one)), None)
            if line is None or container.state not in ("running", "restarting"):
                continue
            yield scene.finding(
                Severity.CRITICAL,
                container.name,
                title.format(container.name),
                [scene.fact(f"it says: {line}"), *_state(scene, container)],
                checks=[
                    scene.deed("docker.logs-tail", container.name, "whether it says so again"),
                    scene.deed("env.present", container.name, "whether it has the variable at all"),
                    scene.deed(check, why="whether the server itself is well"),
                ],
                quotes=[line],
            )

    return judge


def _is_server(container: Container) -> bool:
    """It is the one that turns others away, and logs whom."""
    image = container.image.rpartition("/")[2].partition(":")[0]
    return image in SERVERS or container.service in SERVERS


def _words(container: Container, lines: dict[str, list[str]]) -> Iterator[str]:
    if container.health_output:
        yield container.health_output
    yield from lines.get(container.name, ())


def _recent_lines(data: DockerData, recent_s: float) -> dict[str, list[str]]:
    """Container → lines of its log that a guide knows, not older than this."""
    found: dict[str, list[str]] = {}
    for hit in data.logs.hits if data.logs is not None else ():
        if hit.last_age_s is not None and hit.last_age_s <= recent_s:
            found.setdefault(hit.container, []).append(hit.line)
    return found


def _state(scene: Scene, container: Container) -> Iterator[Evidence]:
    if container.state == "running":
        yield scene.fact(
            f"it started {figures.age(container.age_s)} ago and is {container.health or 'running'}"
        )


def _rule(id: str, looks_for: str, because: str, judge: Judge) -> Rule:
    return Rule(
        id,
        (Kind.DOCKER,),
        f"What health checks printed last, and lines of logs not older than a minute: {looks_for}.",
        because,
        judge,
        limits=("logs.recent_s",),
        clear_s=4.0,
    )


RULES = (
    _rule(
        "postgres.auth-failed",
        "whether PostgreSQL refused a container's user or password",
        "The server is well and others may use it: one service has the wrong credentials.",
        _said(PASSWORD, "PostgreSQL refuses user or password of {}", "postgres.ping"),
    ),
    _rule(
        "postgres.database-missing",
        "whether PostgreSQL has no such database",
        "The server is well: one service asks for the wrong name.",
        _said(NO_DATABASE, "the database that {} asks for does not exist", "postgres.ping"),
    ),
    _rule(
        "redis.auth-failed",
        "whether Redis refused a container's user or password",
        "The server is well and others may use it: one service has the wrong credentials.",
        _said(REDIS_PASSWORD, "Redis refuses user or password of {}", "redis.ping"),
    ),
    _rule(
        "postgres.connections-exhausted",
        "whether PostgreSQL had no connection left for a container",
        "Connections run out for a moment, between two looks of this watch.",
        _said(TOO_MANY, "{} gets no connection: the server has none left", "postgres.connections"),
    ),
)
