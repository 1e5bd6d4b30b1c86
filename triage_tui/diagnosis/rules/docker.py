"""Containers: what ended, what keeps ending, what is ill, what is short of memory or CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from triage_tui.diagnosis.past import RECENT, event_age_s, last_code, meaning, recent_restarts
from triage_tui.diagnosis.rule import Judge, Rule, Scene, Unclear
from triage_tui.model import Finding, Kind, Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.signals import ratio
from triage_tui.text import figures

Found = Iterator[Finding | Unclear]

STOPPED = frozenset({0, 130, 143})
"""Exit codes of a program that was asked to end: it did, or by 128 + SIGINT, SIGTERM."""

KEPT_RUNNING = frozenset({"always", "unless-stopped"})


def _each(judge: Callable[[Scene, Container], Found]) -> Judge:
    def all_containers(scene: Scene) -> Found:
        for container in scene.data(DockerData).containers:
            yield from judge(scene, container)

    return all_containers


def unhealthy(scene: Scene, container: Container) -> Found:
    """The engine says so, after as many failed checks as the image asks for."""
    if container.state != "running":
        return
    if container.health != "unhealthy":
        if container.health == "starting":
            yield Unclear(container.name)
        return
    output = container.health_output
    yield scene.finding(
        Severity.CRITICAL,
        container.name,
        f"{container.name} fails its health check",
        [scene.fact("health: unhealthy"), *([scene.fact(f"the check said: {output}")] if output else [])],
        began_s=event_age_s(scene, container, "health_status: unhealthy"),
        checks=[
            scene.deed("docker.health", container.name, "what the check says now"),
            scene.deed("docker.logs-tail", container.name, "what the program says"),
        ],
        actions=[scene.deed("docker.restart", container.name, "where the program itself hangs")],
        quotes=[output] if output else [],
    )


def restart_loop(scene: Scene, container: Container) -> Found:
    """It has been restarted again and again, and has not run for docker.steady_s since."""
    if container.restarts is None:
        yield Unclear(container.name)
        return
    if container.state == "running" and (
        container.age_s is None or container.age_s >= scene.scope("docker.steady_s")
    ):
        return
    if container.state not in ("running", "restarting"):
        return
    recent = recent_restarts(scene, container)
    severity = scene.severity("docker.restarts_recent", recent, container.name)
    if severity is None:
        return
    code = container.exit_code if container.exit_code is not None else last_code(scene, container)
    evidence = [
        scene.measured(
            f"restarted {recent} times within {figures.duration(scene.scope(RECENT))}",
            "docker.restarts_recent",
            recent,
            severity,
        ),
        *([scene.fact(f"it ends with exit code {code}{meaning(code)}")] if code is not None else []),
        *([scene.fact(container.error)] if container.error else []),
    ]
    if container.oom_killed:
        evidence.append(scene.fact("the kernel killed it for memory"))
    yield scene.finding(
        severity,
        container.name,
        f"{container.name} ends and is started again, {recent} times",
        evidence,
        against=["it runs at this moment"] if container.state == "running" else [],
        checks=[scene.deed("docker.logs-tail", container.name, "what it says before it ends")],
        actions=[scene.deed("docker.stop", container.name, "ends the loop until it is mended")],
        quotes=[container.error] if container.error else [],
    )


def oom_killed(scene: Scene, container: Container) -> Found:
    """The kernel killed it, or one of its processes, within docker.recent_s."""
    recent_s = scene.scope(RECENT)
    killed_s = event_age_s(scene, container, "oom")
    died_of_it = container.oom_killed and container.state != "running" and (container.age_s or 0.0) < recent_s
    if not died_of_it and (killed_s is None or killed_s > recent_s):
        if container.oom_killed is None and container.state != "running":
            yield Unclear(container.name)
        return
    began_s = killed_s if killed_s is not None else container.age_s
    limit = container.memory_limit_bytes
    evidence = [scene.fact(f"killed for memory {figures.age(began_s)} ago")]
    if limit is not None:
        evidence.append(scene.fact(f"its memory limit is {figures.memory(limit)}"))
    if container.restarts:
        evidence.append(scene.fact(f"restarted {container.restarts} times"))
    yield scene.finding(
        Severity.CRITICAL,
        container.name,
        f"the kernel killed {container.name} for its memory limit",
        evidence,
        against=["it runs again"] if container.state == "running" else [],
        checks=[scene.deed("docker.logs-tail", container.name, "what it did when it died")],
        actions=[scene.deed("docker.start", container.name)] if container.state == "exited" else [],
    )


def exited(scene: Scene, container: Container) -> Found:
    """It has ended, and either should go on for ever or ended with an error."""
    if container.state not in ("exited", "dead") or container.oom_killed:
        return
    code, age_s = container.exit_code, container.age_s
    meant_to_run = container.restart_policy in KEPT_RUNNING and not container.one_off
    if not meant_to_run and (code is None or code in STOPPED):
        return
    limit = scene.limit("docker.ended_recently_s", Severity.WARNING)
    if age_s is not None and limit is not None and age_s > limit:
        return
    evidence = [scene.fact(f"ended {figures.age(age_s)} ago with exit code {code}{meaning(code)}")]
    if container.error:
        evidence.append(scene.fact(container.error))
    if meant_to_run:
        evidence.append(scene.fact(f"its restart policy is {container.restart_policy}: it is meant to run"))
    yield scene.finding(
        Severity.CRITICAL if meant_to_run else Severity.WARNING,
        container.name,
        f"{container.name} has ended",
        evidence,
        against=["somebody may have stopped it on purpose"] if meant_to_run and code in STOPPED else [],
        began_s=age_s,
        checks=[scene.deed("docker.logs-tail", container.name, "its last words")],
        actions=[scene.deed("docker.start", container.name)] if meant_to_run else [],
        quotes=[container.error] if container.error else [],
    )


def memory_near_limit(scene: Scene, container: Container) -> Found:
    """Memory without file cache against the container's own limit."""
    used = ratio(container.memory_bytes, container.memory_limit_bytes)
    if container.state != "running":
        return
    if used is None:
        if container.memory_limit_bytes is not None:
            yield Unclear(container.name)
        return
    severity = scene.severity("docker.memory_ratio", used, container.name)
    if severity is None:
        return
    said = f"{figures.memory(container.memory_bytes)} of {figures.memory(container.memory_limit_bytes)}"
    evidence = [scene.measured(said, "docker.memory_ratio", used, severity)]
    before = scene.picture.values(scene.target, "docker.memory_ratio", container.name)
    against = []
    if len(before) > 1:
        grown = used - before[0]
        if grown > 0.02:
            evidence.append(scene.fact(f"{figures.percent(grown)} of the limit more since this is watched"))
        elif grown <= 0:
            against.append("it has not grown since this is watched")
    yield scene.finding(
        severity,
        container.name,
        f"{container.name} uses {figures.percent(used)} of its memory limit",
        evidence,
        against=against,
        checks=[scene.deed("docker.top", container.name, "which process takes it")],
    )


def cpu_throttled(scene: Scene, container: Container) -> Found:
    """Share of the periods in which its CPU limit held it back."""
    severity = scene.severity("docker.throttled_ratio", container.throttled_ratio, container.name)
    held = container.throttled_ratio
    if container.state != "running" or severity is None or held is None:
        return
    evidence = [
        scene.measured(
            f"held back in {figures.percent(held)} of its periods", "docker.throttled_ratio", held, severity
        )
    ]
    if container.cpu_percent is not None:
        evidence.append(scene.fact(f"it uses {figures.cpu(container.cpu_percent)} of a core"))
    yield scene.finding(
        severity,
        container.name,
        f"{container.name} is held back by its CPU limit",
        evidence,
        checks=[scene.deed("docker.top", container.name, "which process works so much")],
    )


def _rule(
    id: str, looks_at: str, because: str, judge: Callable[[Scene, Container], Found], **how: Any
) -> Rule:
    return Rule(id, (Kind.DOCKER,), looks_at, because, _each(judge), **how)


RULES = (
    _rule(
        "docker.unhealthy",
        "The result of each running container's own health check.",
        "The program says itself that it cannot do its work.",
        unhealthy,
        clear_s=0.0,
    ),
    _rule(
        "docker.restart-loop",
        "How often a container was restarted lately, until it has run for long enough.",
        "It cannot do its work, and each start takes processors and memory from others.",
        restart_loop,
        limits=("docker.restarts_recent", "docker.recent_s", "docker.steady_s"),
        clear_s=0.0,
    ),
    _rule(
        "docker.oom-killed",
        "Whether the kernel killed a container, or a process in it, for memory lately.",
        "What it was doing is lost, and it will happen again.",
        oom_killed,
        limits=("docker.recent_s",),
        clear_s=0.0,
    ),
    _rule(
        "docker.exited",
        "Containers that have ended: those that are to run for ever, and those that ended with an error.",
        "What it did is not done any more.",
        exited,
        limits=("docker.ended_recently_s",),
        clear_s=0.0,
    ),
    _rule(
        "docker.memory-near-limit",
        "Memory without file cache against the container's limit.",
        "At the limit the kernel kills it.",
        memory_near_limit,
        limits=("docker.memory_ratio",),
        hold_s=2.0,
    ),
    _rule(
        "docker.cpu-throttled",
        "The share of the CPU periods in which a container used its quota up and had to wait.",
        "It is slow although the host has processors to spare.",
        cpu_throttled,
        limits=("docker.throttled_ratio",),
        hold_s=6.0,
        clear_s=10.0,
    ),
)
