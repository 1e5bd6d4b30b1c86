"""How containers are configured: what is missing, malformed, doubled, or everybody's secret.

Nothing here knows a value: the source tells names, flaws and fingerprints.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from triage_tui.diagnosis.rule import Judge, Rule, Scene, Unclear
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.environment import ContainerEnvironment, Flaw, FlawKind
from triage_tui.model.logs import MissingName
from triage_tui.text import figures

_SERIOUS = re.compile(
    r"\b(?:CRITICAL|FATAL|ERROR|PANIC|SEVERE)\b|Error\b|Exception\b|panic:|\brequired\b|\bmust\b",
    re.IGNORECASE,
)
"""What tells a line about something that a program cannot do without from one about something optional."""


def in_trouble(scene: Scene, container: Container | None) -> bool:
    """It does not run as it should: ended, being restarted, ill, or started just now after it had been restarted."""
    if container is None:
        return False
    if container.state in ("restarting", "exited", "dead") or container.health == "unhealthy":
        return True
    steady_s = scene.scope("docker.steady_s")
    return bool(container.restarts) and container.age_s is not None and container.age_s < steady_s


def _concerned(data: DockerData) -> Iterator[tuple[ContainerEnvironment, Container]]:
    """Environments of containers that run or are meant to; one that ended well needs nothing."""
    containers = {container.name: container for container in data.containers}
    for environment in data.environments:
        container = containers.get(environment.container)
        if container is not None and (
            environment.runs or container.state == "restarting" or container.exit_code not in (None, 0)
        ):
            yield environment, container


def _not_inspected(data: DockerData) -> Iterator[Unclear]:
    """Of what has not been inspected yet nothing is known; it is not well because of that."""
    known = {environment.container for environment in data.environments}
    for container in data.containers:
        if container.name not in known and container.state in ("running", "restarting"):
            yield Unclear(container.name)


def missing(scene: Scene) -> Iterator[Finding | Unclear]:
    """One finding for each container: what triage.toml requires, what its own log asks for, what its siblings have."""
    data = scene.data(DockerData)
    yield from _not_inspected(data)
    told: defaultdict[str, list[MissingName]] = defaultdict(list)
    for one in data.logs.missing if data.logs is not None else ():
        told[one.container].append(one)
    siblings = _siblings(data.environments)
    for environment, container in _concerned(data):
        lacks: dict[str, tuple[Severity, Evidence]] = {}
        for flaw in _flaws(environment, FlawKind.MISSING):
            lacks[flaw.variable] = Severity.CRITICAL, Evidence(f"{flaw.variable} {flaw.words}")
        for name in told[environment.container]:
            severity = _said_to_be_missing(scene, name, container)
            if severity is not None:
                said = f"its log names {name.variable}, which it does not have: {name.line}"
                lacks[name.variable] = severity, Evidence(said, age_s=name.last_age_s)
        for variable, sibling in siblings.get(environment.container, {}).items():
            said = f"{variable} is not there, and {sibling} of the same service has it"
            lacks.setdefault(variable, (Severity.WARNING, Evidence(said)))
        if not lacks:
            continue
        worst = max((severity for severity, _ in lacks.values()), key=lambda one: one.rank)
        yield scene.finding(
            worst,
            container.name,
            f"{container.name} lacks {', '.join(lacks)}",
            [evidence for _, evidence in lacks.values()] + _how_it_is(scene, container),
            against=[] if in_trouble(scene, container) else ["the container runs all the same"],
            checks=[
                scene.deed("env.present", container.name, "which of its variables are there"),
                scene.deed("docker.logs-tail", container.name, "whether it asks for them again"),
            ],
            quotes=[name.line for name in told[environment.container]],
        )


def _said_to_be_missing(scene: Scene, name: MissingName, container: Container) -> Severity | None:
    if in_trouble(scene, container):
        return Severity.CRITICAL
    return Severity.WARNING if _SERIOUS.search(name.line) else None


def _siblings(environments: Sequence[ContainerEnvironment]) -> dict[str, dict[str, str]]:
    """Container → variable that it alone of the containers of its service lacks → one that has it."""
    services: defaultdict[tuple[str, str, str], list[ContainerEnvironment]] = defaultdict(list)
    for one in environments:
        if one.runs and one.project and one.service:
            services[one.project, one.service, one.image].append(one)
    lacking: dict[str, dict[str, str]] = {}
    for members in services.values():
        for one in members if len(members) > 1 else ():
            others = [other for other in members if other is not one]
            common = set.intersection(*(set(other.names) for other in others))
            absent = sorted(common - set(one.names))
            if absent:
                lacking[one.container] = dict.fromkeys(absent, others[0].container)
    return lacking


def _how_it_is(scene: Scene, container: Container) -> list[Evidence]:
    if not in_trouble(scene, container):
        return []
    state = container.health if container.health == "unhealthy" else container.state
    restarts = f", restarted {figures.count(container.restarts)} times" if container.restarts else ""
    return [scene.fact(f"the container is {state}{restarts}")]


def _flaws(environment: ContainerEnvironment, kind: FlawKind) -> Iterator[Flaw]:
    return (flaw for flaw in environment.flaws if flaw.kind is kind)


def _flawed(
    kind: FlawKind, title: str, calm: Severity, troubled: Severity, against: Mapping[bool, str]
) -> Judge:
    """A rule for one kind of flaw: one finding for each container. against: by whether the container is in trouble."""

    def judge(scene: Scene) -> Iterator[Finding | Unclear]:
        data = scene.data(DockerData)
        yield from _not_inspected(data)
        for environment, container in _concerned(data):
            flaws = list(_flaws(environment, kind))
            if not flaws:
                continue
            trouble = in_trouble(scene, container)
            names = ", ".join(flaw.variable for flaw in flaws)
            yield scene.finding(
                troubled if trouble else calm,
                container.name,
                title.format(names=names, container=container.name),
                [Evidence(f"{flaw.variable} {flaw.words}") for flaw in flaws] + _how_it_is(scene, container),
                against=[against[trouble]] if trouble in against else [],
                checks=[scene.deed("env.present", container.name, "which of its variables are there")],
            )

    return judge


_RUNS_ON = "the container runs all the same"

RULES = (
    Rule(
        "config.env-missing",
        (Kind.DOCKER,),
        "Variables that `require_env` asks for, that a container's log names as missing, or that the other containers"
        " of its service have.",
        "A program that lacks a variable does not start, or starts and fails at the first request that needs it.",
        missing,
        limits=("docker.steady_s",),
        clear_s=4.0,
    ),
    Rule(
        "config.database-url-invalid",
        (Kind.DOCKER,),
        "Whether variables called DATABASE_URL and the like hold an address that a driver understands.",
        "The service is up and finds no database, or none of its processes starts.",
        _flawed(
            FlawKind.DATABASE_URL,
            "{names} of {container} is no address of a database",
            Severity.CRITICAL,
            Severity.CRITICAL,
            {False: _RUNS_ON},
        ),
        limits=("docker.steady_s",),
        clear_s=0.0,
    ),
    Rule(
        "config.redis-url-double-password",
        (Kind.DOCKER,),
        "Whether a Redis URL holds a password while the same one is handed over in a variable of its own.",
        "A program that puts the password into the URL gets a URL with two of them, which no client can read.",
        _flawed(
            FlawKind.DOUBLE_PASSWORD,
            "{container} is given the Redis password twice ({names})",
            Severity.WARNING,
            Severity.CRITICAL,
            {
                False: "a program that takes the URL as it is works with it",
                True: "it may fail for another reason",
            },
        ),
        limits=("docker.steady_s",),
        clear_s=0.0,
    ),
    Rule(
        "config.default-secret",
        (Kind.DOCKER,),
        "Whether variables that hold secrets have a value that stands in examples, or the user's name for a password.",
        "Whoever reads the same example can sign sessions and log in.",
        _flawed(
            FlawKind.DEFAULT_SECRET,
            "{names} of {container} is a secret that everybody knows",
            Severity.WARNING,
            Severity.WARNING,
            {},
        ),
        limits=("docker.steady_s",),
        clear_s=0.0,
    ),
)
