"""What changed lately: containers started or made anew, images, roles, configurations. Causes are often among it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.diagnosis.ties import Node, Ties
from triage_tui.model import Change, Finding, Picture, Sighting
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.postgres import PostgresData
from triage_tui.model.redis import RedisData

BEFORE_S = 600.0
"""How long before a finding a change may be to be named with it: the first ten minutes are what people remember."""

AFTER_S = 5.0
"""A change is seen up to two looks later than what it did."""

MOST_KEPT = 200
MOST_NAMED = 3


class News(Struct, frozen=True):
    """One change. node: the target or the container that changed."""

    at: datetime
    node: Node
    text: str


def news_of(before: Picture | None, after: Picture) -> Iterator[News]:
    """What is different from the picture before; of the first picture, what is so young that it must be new."""
    for sighting in after.sightings:
        earlier = before.of(sighting.target.name) if before is not None else None
        if not sighting.known or (earlier is not None and earlier.data is sighting.data):
            continue
        match sighting.data, earlier.data if earlier is not None else None:
            case DockerData() as data, old:
                yield from _containers(sighting, data, old if isinstance(old, DockerData) else None, after)
            case PostgresData() as data, PostgresData() as old:
                yield from _server(sighting, _postgres(data, old), after)
            case RedisData() as data, RedisData() as old:
                yield from _server(sighting, _redis(data, old), after)
            case _:
                continue


def kept(news: Iterable[News], now: datetime) -> tuple[News, ...]:
    """Those that may still be named, the latest last."""
    horizon = now - timedelta(seconds=2 * BEFORE_S)
    return tuple(sorted((one for one in news if one.at >= horizon), key=lambda one: one.at))[-MOST_KEPT:]


def with_changes(finding: Finding, news: Sequence[News], ties: Ties) -> Finding:
    """A finding with what changed shortly before it began, at itself or at what it needs, the latest first."""
    if finding.since is None or not news:
        return finding
    node = ties.node_of(finding)
    near = {node, (finding.target, finding.subject), *ties.reached_from(node)}
    near |= {(finding.target, name) for name in finding.about}
    found = [
        Change(one.at, max(0.0, (finding.since - one.at).total_seconds()), one.text)
        for one in reversed(news)
        if (one.node in near or ties.same.get(one.node) in near)
        and -AFTER_S <= (finding.since - one.at).total_seconds() <= BEFORE_S
    ]
    return replace(finding, before=tuple(found[:MOST_NAMED])) if found else finding


def _containers(
    sighting: Sighting, data: DockerData, old: DockerData | None, after: Picture
) -> Iterator[News]:
    known = {container.name: container for container in old.containers} if old is not None else {}
    for container in data.containers:
        earlier = known.get(container.name)
        text = _difference(container, earlier) if old is not None else _young(container)
        if text is not None:
            yield News(_started(container, after), (sighting.target.name, container.name), text)


def _difference(now: Container, before: Container | None) -> str | None:
    if before is None:
        return f"{now.name} was made from {now.image}"
    if now.id != before.id:
        other = now.image_id != before.image_id or now.image != before.image
        return f"{now.name} was made anew" + (
            f" from another image: {before.image} -> {now.image}" if other else ""
        )
    # What the engine restarts by itself is a symptom, and counted as such.
    by_itself = now.restarts != before.restarts
    if now.started_at != before.started_at and now.state == "running" and not by_itself:
        return f"{now.name} was started"
    return None


def _young(container: Container) -> str | None:
    if container.state != "running" or container.restarts or (container.age_s or BEFORE_S) >= BEFORE_S:
        return None
    return f"{container.name} was started"


def _started(container: Container, picture: Picture) -> datetime:
    if container.state == "running" and container.age_s is not None:
        return picture.wall_at - timedelta(seconds=container.age_s)
    return picture.wall_at


def _server(sighting: Sighting, said: Iterable[str], after: Picture) -> Iterator[News]:
    return (News(after.wall_at, (sighting.target.name, ""), text) for text in said)


def _postgres(now: PostgresData, before: PostgresData) -> Iterator[str]:
    if None not in (now.in_recovery, before.in_recovery) and now.in_recovery != before.in_recovery:
        yield "PostgreSQL became a standby" if now.in_recovery else "PostgreSQL was promoted to primary"
    if now.version != before.version:
        yield f"PostgreSQL went from {before.version} to {now.version}"
    if now.uptime_s is not None and before.uptime_s is not None and now.uptime_s < before.uptime_s:
        yield "PostgreSQL was restarted"
    if (
        None not in (now.max_connections, before.max_connections)
        and now.max_connections != before.max_connections
    ):
        yield f"max_connections went from {before.max_connections} to {now.max_connections}"


def _redis(now: RedisData, before: RedisData) -> Iterator[str]:
    if None not in (now.role, before.role) and now.role != before.role:
        yield f"Redis went from {before.role} to {now.role}"
    if now.uptime_s is not None and before.uptime_s is not None and now.uptime_s < before.uptime_s:
        yield "Redis was restarted"
    if now.memory.policy != before.memory.policy and None not in (now.memory.policy, before.memory.policy):
        yield f"maxmemory-policy went from {before.memory.policy} to {now.memory.policy}"
    if now.memory.max_bytes != before.memory.max_bytes and now.memory.used_bytes is not None:
        yield f"maxmemory went from {before.memory.max_bytes or 'no limit'} to {now.memory.max_bytes or 'no limit'}"
