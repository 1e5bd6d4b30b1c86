"""What can be done to the row or the finding that the reader has before them. Pure.

Identity and age are those of the data that are shown: whatever comes later is another thing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from triage_tui.actions.act import Identity, Order
from triage_tui.actions.docker.identity import container_identity
from triage_tui.actions.postgres.identity import session_identity
from triage_tui.actions.process.identity import process_identity
from triage_tui.actions.queues.identity import queue_identity
from triage_tui.actions.redis.client_kill import client_identity
from triage_tui.actions.registry import KEYS, here
from triage_tui.model import Finding, Picture, Sighting
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.host import HostData, Process
from triage_tui.model.postgres import PostgresData, Session
from triage_tui.model.redis import Client, Queue, RedisData
from triage_tui.ui.acting.wholes import is_idle, whole

Purges = Mapping[tuple[str, str], str]
"""(target, queue) → the name of its last purge from here, which can be undone."""

WORDS = {"compose.restart": "restart project", "postgres.terminate-idle": "end idle ones"}
"""For the bar, where the verb alone would not tell."""

_BY_STATE: dict[str, tuple[str, ...]] = {
    "running": ("docker.restart", "docker.stop", "docker.kill", "docker.pause"),
    "restarting": ("docker.restart", "docker.stop", "docker.kill"),
    "paused": ("docker.unpause", "docker.kill"),
}
_AT_REST = ("docker.start",)

_PAUSABLE = ("rq", "bullmq")
"""Systems whose own workers heed a paused queue."""


_LINKS = frozenset({"master", "replica", "closing"})
"""Clients that are not to be closed: see actions/redis/client_kill.py."""


class Offer(Struct, frozen=True):
    """One thing that can be done, by which key, and its word for the bar.

    order  None: what the finding names is not among what is shown, so that nobody could tell which one was meant
    """

    id: str
    key: str
    order: Order | None

    @property
    def word(self) -> str:
        """A few letters."""
        return WORDS.get(self.id, self.id.partition(".")[2])


def of_row(picture: Picture, sighting: Sighting, key: str, purges: Purges) -> tuple[Offer, ...]:
    """Of a row by its key in the pane of its kind."""
    thing = _by_key(sighting, key)
    if thing is None:
        return ()
    named = _named(thing)
    orders = [_order(picture, sighting, id, named) for id in _applying(thing, sighting.target.name, purges)]
    if isinstance(thing, Container) and thing.project:
        them = whole(sighting, "compose.restart", thing.project)
        if them is not None:
            orders.append(_order(picture, sighting, "compose.restart", (thing.project, them)))
    if isinstance(thing, Session) and is_idle(thing):
        them = whole(sighting, "postgres.terminate-idle", "")
        if them is not None:
            orders.append(_order(picture, sighting, "postgres.terminate-idle", ("", them)))
    if isinstance(thing, Queue):
        purge = purges.get((sighting.target.name, thing.subject))
        if purge is not None:
            orders.append(_order(picture, sighting, "queue.restore", named, {"purge": purge}))
    return tuple(Offer(one.action, KEYS[one.action], one) for one in orders)


def of_finding(picture: Picture, finding: Finding) -> tuple[Offer, ...]:
    """What a finding proposes."""
    known = here()
    return tuple(
        Offer(deed.id, KEYS[deed.id], _proposed(picture, finding, deed.id, deed.target, deed.argument))
        for deed in finding.actions
        if deed.id in known
    )


def _proposed(picture: Picture, finding: Finding, id: str, target: str, argument: str) -> Order | None:
    sighting = picture.of(target)
    if sighting is None:
        return None
    if id in ("compose.restart", "postgres.terminate-idle"):
        them = whole(sighting, id, argument)
        return None if them is None else _order(picture, sighting, id, (argument, them), finding=finding.key)
    if id == "redis.client-kill":
        # The order names the client's id, which is never reused.
        return _order(picture, sighting, id, (argument, None), finding=finding.key)
    thing = next((one for one in _things(sighting) if _named(one)[0] == argument), None)
    if thing is None or _named(thing)[1] is None:
        return None
    return _order(picture, sighting, id, _named(thing), finding=finding.key)


def _order(
    picture: Picture,
    sighting: Sighting,
    id: str,
    named: tuple[str, Identity | None],
    parameters: Mapping[str, str] | None = None,
    finding: tuple[str, str, str] | None = None,
) -> Order:
    seen_at = picture.taken_at - (sighting.age_s or 0.0)
    if id == "redis.client-kill" and isinstance(sighting.data, RedisData) and sighting.data.client_list:
        # The list may be of an earlier look than the rest.
        seen_at -= sighting.data.client_list.age_s if finding is None else 0.0
    return Order(id, sighting.target.name, named[0], parameters or {}, named[1], seen_at, finding)


Thing = Container | Session | Queue | Client | Process


def _applying(thing: Thing, target: str, purges: Purges) -> tuple[str, ...]:
    match thing:
        case Container():
            return _BY_STATE.get(thing.state, _AT_REST)
        case Session():
            if thing.backend_start is None:
                return ()
            return (
                ("postgres.cancel", "postgres.terminate")
                if thing.state == "active"
                else ("postgres.terminate",)
            )
        case Queue():
            ids = ["queue.purge"]
            if thing.dead:
                ids.append("queue.requeue-dead")
            if thing.system in _PAUSABLE:
                ids.append("queue.resume" if thing.paused else "queue.pause")
            return tuple(ids)
        case Client():
            return () if _LINKS.intersection(thing.flags) else ("redis.client-kill",)
        case Process():
            return ("process.signal",) if thing.started is not None else ()


def _named(thing: Thing) -> tuple[str, Identity | None]:
    """The argument, and the identity that is shown; None where it cannot be told."""
    match thing:
        case Container():
            return thing.name, container_identity(thing.id, thing.name, thing.started_at)
        case Session():
            began = thing.backend_start
            return str(thing.pid), None if began is None else session_identity(
                thing.pid, began, user=thing.user, application=thing.application
            )
        case Queue():
            return thing.subject, queue_identity(thing.system, thing.name, thing.database)
        case Client():
            number = str(thing.id)
            return number, client_identity(number, thing.address, name=thing.name or "")
        case Process():
            started = thing.started
            return str(thing.pid), None if started is None else process_identity(
                thing.pid, started, name=thing.name, user=thing.user
            )


def _by_key(sighting: Sighting, key: str) -> Thing | None:
    return next((one for one in _things(sighting) if _is(one, key)), None)


def _is(thing: Thing, key: str) -> bool:
    """The row of this key is about it. See the faces of the panes for their keys."""
    match thing:
        case Container():
            return key == thing.id
        case Session():
            return key.startswith(f"{thing.pid}|{thing.backend_start or ''}|")
        case Queue() | Client():
            return key == thing.subject
        case Process():
            return key == str(thing.pid)


def _things(sighting: Sighting) -> Iterator[Thing]:
    match sighting.data:
        case DockerData(containers=containers):
            yield from containers
        case PostgresData(sessions=sessions):
            yield from sessions
        case RedisData(queues=queues, client_list=listed):
            yield from queues or ()
            yield from listed.clients if listed is not None else ()
        case HostData(processes=processes):
            yield from processes or ()
        case _:
            return
