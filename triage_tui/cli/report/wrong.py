"""What is wrong in a picture, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from triage_tui.cli.report.postgres import who
from triage_tui.config.settings import Threshold
from triage_tui.config.thresholds import Level, level
from triage_tui.model import Picture, Sighting, State
from triage_tui.model.docker import DockerData
from triage_tui.model.http import HttpData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import Queue, RedisData
from triage_tui.model.signals import SIGNALS, read
from triage_tui.text import figures

NAMED = 5
"""Containers named in one line about several."""

_CERTIFICATE_ENDS_S = 14 * 86400.0
"""Renewal by ACME happens a month before the end; two weeks are left when it has failed for a while."""

_STATE_LEVELS = {
    State.DOWN: Level.CRITICAL,
    State.DENIED: Level.CRITICAL,
    State.STALE: Level.WARNING,
    State.CONNECTING: Level.WARNING,
}


class Wrong(Struct, frozen=True):
    """One thing that is wrong. where: the target, and its subject where there is one."""

    level: Level
    where: str
    what: str
    next_step: str = ""


def wrongs(picture: Picture, thresholds: Mapping[str, Threshold]) -> list[Wrong]:
    """Everything that is wrong: targets that cannot be seen, and what those say that can. Worst first.

    What is not known to be current says nothing about now, so that old data are not judged.
    """
    found = [wrong for sighting in picture.sightings for wrong in _unseen(sighting)]
    for sighting in picture.sightings:
        if sighting.known:
            found += _said(sighting)
            found += _over_threshold(sighting, thresholds)
    return sorted(found, key=lambda wrong: -wrong.level)


def _unseen(sighting: Sighting) -> Iterator[Wrong]:
    problem = sighting.problem
    if sighting.state is State.LIVE:
        return
    said = f"{problem.kind}: {problem.message}" if problem is not None else "no newer data"
    yield Wrong(
        _STATE_LEVELS[sighting.state],
        sighting.target.name,
        f"{sighting.state.upper()}, {said}",
        problem.next_step if problem is not None else "",
    )


def _over_threshold(sighting: Sighting, thresholds: Mapping[str, Threshold]) -> Iterator[Wrong]:
    if sighting.data is None:
        return
    for reading in read(sighting.data):
        how_bad = level(reading.signal, reading.value, thresholds)
        if how_bad >= Level.WARNING:
            signal = SIGNALS[reading.signal]
            where = f"{sighting.target.name} {reading.subject}".rstrip()
            yield Wrong(how_bad, where, f"{signal.meaning}: {_amount(reading.value, signal.unit)}")


def _amount(value: float, unit: str) -> str:
    match unit:
        case "ratio":
            return figures.percent(value)
        case "percent":
            return figures.percent(value / 100)
        case "bytes":
            return figures.size(value)
        case "seconds":
            return figures.duration(value)
        case "per second":
            return figures.rate(value)
        case _:
            return figures.count(value)


def _said(sighting: Sighting) -> Iterator[Wrong]:
    name = sighting.target.name
    match sighting.data:
        case DockerData() as data:
            yield from _containers(name, data)
        case PostgresData() as data:
            yield from _blockers(name, data)
        case RedisData() as data:
            yield from _server(name, data)
            for queue in data.queues:
                yield from _queue(f"{name} {queue.subject}", queue)
        case HttpData() as data:
            yield from _endpoint(name, data)
        case _:
            return


def _containers(name: str, data: DockerData) -> Iterator[Wrong]:
    for container in data.containers:
        where = f"{name} {container.name}"
        if container.oom_killed:
            yield Wrong(Level.CRITICAL, where, "killed by the kernel for memory (OOM)")
        if container.state in ("restarting", "dead"):
            code = f", exit code {container.exit_code}" if container.exit_code is not None else ""
            yield Wrong(Level.CRITICAL, where, f"{container.state}{code}")
        elif container.health == "unhealthy":
            yield Wrong(Level.CRITICAL, where, "its health check fails")
    failed = [
        container
        for container in data.containers
        if container.state == "exited" and container.exit_code and not container.oom_killed
    ]
    if failed:
        named = ", ".join(f"{c.name} ({c.exit_code}, {figures.age(c.age_s)} ago)" for c in failed[:NAMED])
        more = f" and {len(failed) - NAMED} more" if len(failed) > NAMED else ""
        yield Wrong(Level.WARNING, name, f"exited with an error: {named}{more}")


def _blockers(name: str, data: PostgresData) -> Iterator[Wrong]:
    sessions = {session.pid: session for session in data.sessions}
    for node in data.blocking:
        if node.depth == 0 and node.victims:
            session = sessions.get(node.pid)
            holder = (
                f"prepared transaction {node.prepared}" if node.prepared is not None else f"pid {node.pid}"
            )
            state = f", {session.state} for {figures.age(session.state_age_s)}" if session is not None else ""
            verb = "is in a deadlock with" if node.cycle else "blocks"
            yield Wrong(Level.CRITICAL, name, f"{holder} ({who(session)}{state}) {verb} {node.victims}")


def _server(name: str, data: RedisData) -> Iterator[Wrong]:
    persistence = data.persistence
    if persistence.loading:
        yield Wrong(Level.CRITICAL, name, "loading its data set from disk: commands are refused")
    if persistence.rdb_last_ok is False:
        yield Wrong(Level.CRITICAL, name, "the last background save failed: writes may be refused (MISCONF)")
    if persistence.aof_last_ok is False:
        yield Wrong(Level.CRITICAL, name, "the append-only file could not be written")
    if data.replication.link_up is False:
        yield Wrong(Level.CRITICAL, name, f"no link to its master {data.replication.master or ''}".rstrip())


def _queue(where: str, queue: Queue) -> Iterator[Wrong]:
    waiting = queue.waiting or 0
    if waiting and queue.workers == 0:
        yield Wrong(Level.CRITICAL, where, f"{figures.count(waiting)} jobs wait and no worker is there")
    if waiting and queue.paused:
        yield Wrong(Level.WARNING, where, f"paused with {figures.count(waiting)} jobs waiting")
    if queue.stalled:
        yield Wrong(
            Level.WARNING, where, f"{figures.count(queue.stalled)} jobs taken by workers that are gone"
        )


def _endpoint(name: str, data: HttpData) -> Iterator[Wrong]:
    if not data.ok:
        yield Wrong(Level.CRITICAL, name, f"answers with status {data.status}")
    if data.body_ok is False:
        yield Wrong(Level.CRITICAL, name, "the answer does not hold the expected text")
    if data.tls_expires_in_s is not None and data.tls_expires_in_s < _CERTIFICATE_ENDS_S:
        ended = data.tls_expires_in_s <= 0
        how_bad = Level.CRITICAL if ended else Level.WARNING
        when = "has ended" if ended else f"ends in {figures.duration(data.tls_expires_in_s)}"
        yield Wrong(how_bad, name, f"its certificate {when}")
