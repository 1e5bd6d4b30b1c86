"""Checks of containers: their health, the end of their log, their processes, their variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from triage_tui.actions.checks.answer import CannotAskError, Question, Said, said, shown, unknown, unseen
from triage_tui.actions.checks.check import Check, judged
from triage_tui.actions.checks.site import Site
from triage_tui.config.settings import DockerSpec
from triage_tui.model import Kind, Sighting
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.outcome import Outcome
from triage_tui.sources.docker.client import Client
from triage_tui.sources.docker.failures import is_gone
from triage_tui.sources.docker.inquiry import InquiryError, inquire
from triage_tui.text import figures, safe
from triage_tui.text.personal import found_in, masked

LOG_LINES, MOST_LOG_LINES = 40, 200

LONGEST_LINE = 400

_TROUBLE = re.compile(
    r"\b(?:ERROR|FATAL|CRITICAL|PANIC|SEVERE|Traceback)\b|(?:Error|Exception)\b|panic:|\bOOM\b|Killed"
)
"""What lines say that tell of an error, as programs log them."""

_NO_CONTAINER = "Containers that there are: triage snapshot. A name is compared whole."


def data_of(sighting: Sighting) -> DockerData:
    """Containers, where there are any. Raises CannotAskError."""
    if not isinstance(sighting.data, DockerData):
        raise CannotAskError(f"{sighting.target.name} shows no containers")
    return sighting.data


def container_of(sighting: Sighting, name: str) -> Container:
    """By name, id or the service of its project. Raises CannotAskError."""
    containers = data_of(sighting).containers
    for one in containers:
        if name == one.name or (len(name) >= 12 and one.id.startswith(name)):
            return one
    services = [one for one in containers if one.service == name]
    if len(services) == 1:
        return services[0]
    if services:
        raise CannotAskError(
            f"{len(services)} containers are of the service {shown(name)}",
            f"Name one: {', '.join(one.name for one in services[:5])}.",
        )
    raise CannotAskError(f"there is no container {shown(name)}", _NO_CONTAINER)


def _state(one: Container) -> str:
    words = f"{one.name}: {one.state}"
    if one.age_s is not None:
        words += f" for {figures.duration(one.age_s)}"
    if one.exit_code is not None:
        words += f", exit code {one.exit_code}"
    if one.health is not None:
        words += f", {one.health}"
    if one.restarts:
        words += f", restarted {one.restarts} times"
    return words


def _health(sighting: Sighting, question: Question) -> Iterator[str]:
    if not question.argument:
        containers = data_of(sighting).containers
        running = [one for one in containers if one.state == "running"]
        checked = sum(one.health is not None for one in running)
        yield f"{len(running)} of {len(containers)} containers run, {checked} with a health check"
        yield from map(_state, containers)
        return
    one = container_of(sighting, question.argument)
    if one.health is None and one.state == "running":
        yield f"{_state(one)}, and it has no health check"
    else:
        yield _state(one)
    if one.health_output:
        yield f"the check printed: {one.health_output}"
    if one.error:
        yield f"the engine says: {one.error}"
    if one.oom_killed:
        yield "the kernel killed it for its memory limit"


async def _answer_health(site: Site, question: Question) -> Said:
    spec = site.spec(question.target, Kind.DOCKER)
    sighting = await site.sighting(spec)
    told = judged(site, sighting, question, _health)
    if told.outcome is Outcome.UNKNOWN or not question.argument:
        return told
    one = container_of(sighting, question.argument)
    if one.state not in ("running", "created", "paused", "restarting") and one.exit_code != 0:
        # Whether that is news is for the diagnosis; who asks about it hears that it has failed.
        return said(Outcome.FAIL, told.message, told.lines, told.age_s)
    if told.outcome is Outcome.PASS and _is_doubtful(one):
        return said(Outcome.WARN, told.message, told.lines, told.age_s)
    return told


def _is_doubtful(one: Container) -> bool:
    """It runs, and nobody checks how it is; or it does not really run yet."""
    return (
        one.health == "starting"
        or one.state in ("created", "paused")
        or (one.state == "running" and one.health is None)
    )


async def _logs(site: Site, question: Question) -> Said:
    spec = site.spec(question.target, Kind.DOCKER)
    assert isinstance(spec, DockerSpec)
    if not question.argument:
        raise CannotAskError("no container is named", "Ask about one container: TARGET/CONTAINER.")
    name = await _name(site, spec, question.argument)
    asked = _number(question.options.get("lines"), LOG_LINES)
    try:
        written = await inquire(spec, partial(_tail, name=name, lines=min(asked, MOST_LOG_LINES)))
    except InquiryError as error:
        return _refused(error, name)
    lines = [line for line in map(_line, written.splitlines()) if line.strip()][-asked:]
    if not lines:
        return unknown(
            f"{name} has written nothing, or its log driver keeps nothing here",
            "docker inspect -f '{{.HostConfig.LogConfig.Type}}' says where its log goes.",
        )
    bad = [line for line in lines if _TROUBLE.search(line)]
    if bad:
        return said(
            Outcome.WARN, f"{len(bad)} of the last {len(lines)} lines tell of an error: {bad[-1]}", lines
        )
    return said(Outcome.PASS, f"none of the last {len(lines)} lines tells of an error", lines)


def _tail(client: Client, name: str, lines: int) -> bytes:
    answer: bytes = client.logs(name, stdout=True, stderr=True, stream=False, tail=lines)
    return answer


def _line(raw: bytes) -> str:
    line = safe(raw, limit=LONGEST_LINE)
    return masked(line) if found_in(line) else line


async def _name(site: Site, spec: DockerSpec, wanted: str) -> str:
    """The id of the container that is meant, so that one made anew in the meantime is not taken for it."""
    sighting = await site.sighting(spec)
    if not sighting.known:
        assert sighting.problem is not None
        raise CannotAskError(
            f"{sighting.problem.kind}: {sighting.problem.message}", sighting.problem.next_step
        )
    return container_of(sighting, wanted).name


def _refused(error: InquiryError, name: str) -> Said:
    if error.__cause__ is not None and is_gone(error.__cause__):
        return unknown(
            f"{name} is not there any more, or does not run: {error.problem.message}", _NO_CONTAINER
        )
    return unseen(error.problem)


def _number(text: str | None, default: int) -> int:
    return (
        int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 6 else default
    )


async def _top(site: Site, question: Question) -> Said:
    spec = site.spec(question.target, Kind.DOCKER)
    assert isinstance(spec, DockerSpec)
    if not question.argument:
        raise CannotAskError("no container is named", "Ask about one container: TARGET/CONTAINER.")
    sighting = await site.sighting(spec)
    if not sighting.known and sighting.problem is not None:
        return unseen(sighting.problem)
    one = container_of(sighting, question.argument)
    if one.state not in ("running", "paused"):
        return said(Outcome.FAIL, f"{_state(one)}: it has no process", age_s=sighting.age_s or 0.0)
    try:
        answer = await inquire(spec, partial(_processes, name=one.name))
    except InquiryError as error:
        return _refused(error, one.name)
    titles, rows = _table(answer)
    if not rows:
        return said(Outcome.FAIL, f"{one.name} is {one.state} and shows no process")
    usage = [f"CPU {figures.cpu(one.cpu_percent)}"] if one.cpu_percent is not None else []
    if one.memory_bytes is not None:
        of = f" of {figures.size(one.memory_limit_bytes)}" if one.memory_limit_bytes is not None else ""
        usage.append(f"memory {figures.size(one.memory_bytes)}{of}")
    number = f"{len(rows)} process{'es' if len(rows) > 1 else ''}"
    message = ", ".join([f"{one.name}: {number}", *usage])
    return said(Outcome.PASS, message, ["  ".join(titles), *("  ".join(row) for row in rows)])


def _processes(client: Client, name: str) -> object:
    return client.top(name)


def _table(answer: Any) -> tuple[list[str], list[list[str]]]:
    """Titles and rows of /top. Engines answer null for no process."""
    if not isinstance(answer, dict):
        return [], []
    titles, rows = answer.get("Titles") or [], answer.get("Processes") or []
    return (
        [safe(str(one), limit=20) for one in titles],
        [[safe(str(cell), limit=200) for cell in row] for row in rows if isinstance(row, list)],
    )


def _versions(sighting: Sighting, question: Question) -> Iterator[str]:
    data = data_of(sighting)
    if question.argument:
        yield f"{question.argument}: image {container_of(sighting, question.argument).image}"
    for note in data.logs.versions if data.logs is not None else ():
        if question.argument in ("", note.container):
            yield f"{note.container}: {note.program} {note.client}, server {note.server} by its log"


async def _client_versions(site: Site, question: Question) -> Said:
    """Logs are followed by looks that go on: only what the running engine has seen can answer."""
    spec = site.spec(question.target, Kind.DOCKER)
    sighting = await site.sighting(spec)
    servers = [
        f"{one.target.name}: server {one.data.version}"
        for one in site.picture().of_kind(Kind.POSTGRES)
        if one.known and one.data is not None and hasattr(one.data, "version")
    ]
    told = judged(site, sighting, question, _versions)
    if told.outcome is Outcome.PASS and sighting.known:
        logs = data_of(sighting).logs
        known = any(True for _ in _versions(sighting, Question(question.id)))
        if not servers and not known:
            return unknown(
                "no server's version is known here, and no log tells of one",
                "Watch the PostgreSQL server as a target beside the engine.",
            )
        if logs is None and not known:
            return unknown(
                "logs of containers are not read here, and only they tell a program's version",
                "Ask from the running cockpit, with `logs = true` for the engine.",
            )
        return said(
            Outcome.PASS,
            "no client program is known that does not fit its server",
            [*servers, *told.lines],
            told.age_s,
        )
    return said(told.outcome, told.message, [*told.lines, *servers], told.age_s)


CHECKS = (
    Check("docker.health", (Kind.DOCKER,), "container", _answer_health),
    Check("docker.logs-tail", (Kind.DOCKER,), "container", _logs, needs_argument=True),
    Check("docker.top", (Kind.DOCKER,), "container", _top, needs_argument=True),
    Check("postgres.version-against-client", (Kind.DOCKER,), "container", _client_versions),
)
