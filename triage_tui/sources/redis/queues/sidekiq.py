"""Sidekiq.

    {ns}queues            SET of queue names
    {ns}queue:{q}         LIST of jobs as JSON, taken from its end; enqueued_at is milliseconds (8.0) or seconds
    {ns}processes         SET of identities; each is a HASH with busy, beat, quiet and info
    {ns}schedule, retry, dead    ZSETs of all queues together
    {ns}paused            SET of names of paused queues (Pro)

A process writes `beat` every ten seconds, and its hash expires after a minute without.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.heads import Heads
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import (
    Counted,
    Names,
    Now,
    all_members,
    first_members,
    json_object,
    members,
    refusals_in,
    shown,
)
from triage_tui.sources.redis.replies import items, number, raw, whole
from triage_tui.sources.redis.wire import Refusal, Reply

DEAD_LIMIT = 10_000
"""`dead_max_jobs`, as it is unless somebody changed it: older ones are dropped."""

BEAT_TIMEOUT_S = 60.0
MAX_PROCESSES = 500
_MILLISECONDS_FROM = 1e11
"""A time above this is in milliseconds: in seconds it would be in the year 5138."""


class _Process(Struct, frozen=True):
    """A live process: the queues that it serves, and how many of its threads are busy."""

    queues: frozenset[str]
    busy: int
    quiet: bool


class Sidekiq:
    """Queues that Sidekiq's own registry names."""

    name = "sidekiq"

    def __init__(self, database: int, namespace: str = "") -> None:
        self._database = database
        self._prefix = f"{namespace}:".encode() if namespace else b""
        self._queues = Names()
        self._heads = Heads()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._queues.beyond

    def notice(self, key: bytes) -> None:
        """Its registry names all of its queues; `queue:…` alone may be anybody's key."""

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """See System."""
        names = yield from members(self._prefix + b"queues")
        if isinstance(names, Refusal):
            return (names,)
        for name in names:
            self._queues.add(name)
        return ()

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """See System."""
        return [self._count(queue, now) for queue in self._queues]

    def swept(self) -> None:
        """See System."""
        self._queues.swept()

    def _count(self, queue: bytes, now: Now) -> Steps[Counted]:
        key = self._prefix + b"queue:" + queue
        registry, held = self._prefix + b"processes", self._prefix + b"paused"
        replies = yield [
            ("LLEN", key),
            ("ZCARD", self._prefix + b"schedule"),
            ("ZCARD", self._prefix + b"retry"),
            ("ZCARD", self._prefix + b"dead"),
            first_members(registry),
            first_members(held),
        ]
        depth, scheduled, retried, died, processes_, paused_ = replies
        waiting = whole(depth)
        if not waiting:
            self._heads.gone(key)
        elif self._heads.due(key, now):
            (head,) = yield [("LINDEX", key, -1)]
            if isinstance(head, bytes):
                self._heads.found(key, head, now, since=enqueued_at(head), size=len(head))
        processes = yield from self._processes(registry, processes_, now)
        paused = yield from all_members(held, paused_)
        oldest = self._heads.age_s(key, now)
        dead = whole(died)
        name = shown(queue)
        return Counted(
            Queue(
                name=name,
                system=self.name,
                waiting=waiting,
                in_flight=None if isinstance(processes, Refusal) else sum(p.busy for p in processes),
                in_flight_shared=True,
                delayed=whole(scheduled),
                retry=whole(retried),
                dead=dead,
                dead_capped=dead is not None and dead >= DEAD_LIMIT,
                sets_shared=True,
                oldest_age_s=oldest,
                head_unchanged_s=self._heads.unchanged_s(key, now) if oldest is None else None,
                workers=None
                if isinstance(processes, Refusal)
                else sum(name in p.queues and not p.quiet for p in processes),
                paused=None if isinstance(paused, Refusal) else queue in paused,
                database=self._database,
            ),
            refusals_in([*replies, processes]),
            f"{shown(self._prefix)}*",
        )

    def _processes(self, registry: bytes, first: Reply, now: Now) -> Steps[list[_Process] | Refusal]:
        identities = yield from all_members(registry, first)
        if isinstance(identities, Refusal):
            return identities
        identities = identities[:MAX_PROCESSES]
        if not identities:
            return []
        answers = yield [
            ("HMGET", self._prefix + name, "info", "busy", "beat", "quiet") for name in identities
        ]
        refused = next((answer for answer in answers if isinstance(answer, Refusal)), None)
        if refused is not None:
            return refused
        found = [process(items(answer), now) for answer in answers]
        return [alive for alive in found if alive is not None]


def process(fields: list[Reply], now: Now) -> _Process | None:
    """A process from its info, busy, beat and quiet; None where it has stopped beating or is none."""
    if len(fields) != 4:
        return None
    info, busy, beat, quiet = fields
    last = number(beat)
    if last is None or now.server - last > BEAT_TIMEOUT_S:
        return None
    said = json_object(info)
    queues = said.get("queues")
    named = list(queues) if isinstance(queues, list) else []
    capsules = said.get("capsules")
    for capsule in capsules.values() if isinstance(capsules, dict) else ():
        weights = capsule.get("weights") if isinstance(capsule, dict) else None
        named.extend(weights if isinstance(weights, dict | list) else ())
    return _Process(
        frozenset(shown(name) for name in named if isinstance(name, str)),
        max(0, whole(busy) or 0),
        raw(quiet) == b"true",
    )


def enqueued_at(payload: bytes) -> float | None:
    """Unix time at which a job was put into its queue; None where the payload does not say."""
    at = json_object(payload).get("enqueued_at")
    if isinstance(at, bool) or not isinstance(at, int | float):
        return None
    value = number(at)
    return value / 1000 if value is not None and value > _MILLISECONDS_FROM else value
