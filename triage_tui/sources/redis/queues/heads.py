"""The jobs at the heads of queues, between looks."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.sources.redis.queues.system import Now, age

BYTES_PER_S = 128 * 1024
"""How fast large payloads of heads may be fetched, per queue: one of 5 MB every 40 s. There is no command for the
head of a list without the whole of its payload."""

SMALL_BYTES = 64 * 1024
"""A payload up to this size may be fetched on every look."""


class _Head(Struct, frozen=True):
    """identity: stands for the job; since: Unix time at which it was enqueued; same_from: steady seconds."""

    identity: int
    since: float | None
    size: int
    fetched_at: float
    same_from: float


class Heads:
    """What is known about the head of each queue, by its key."""

    def __init__(self) -> None:
        self._heads: dict[bytes, _Head] = {}

    def due(self, key: bytes, now: Now) -> bool:
        """Whether the head may be fetched again. Until then the last one found counts as the head."""
        head = self._heads.get(key)
        if head is None or head.size <= SMALL_BYTES:
            return True
        return now.steady - head.fetched_at >= head.size / BYTES_PER_S

    def known(self, key: bytes, identity: bytes) -> bool:
        """This very job was the head at the last look, so that nothing more need be asked about it."""
        head = self._heads.get(key)
        return head is not None and head.identity == hash(identity)

    def found(
        self, key: bytes, identity: bytes, now: Now, *, since: float | None = None, size: int = 0
    ) -> None:
        """This job is the head. since: when it was enqueued; size: bytes that were fetched to learn it, 0 for an id."""
        head = self._heads.get(key)
        if head is None or head.identity != hash(identity):
            self._heads[key] = _Head(hash(identity), since, size, now.steady, now.steady)
        elif size:
            self._heads[key] = replace(head, size=size, fetched_at=now.steady)

    def gone(self, key: bytes) -> None:
        """The queue is empty."""
        self._heads.pop(key, None)

    def age_s(self, key: bytes, now: Now) -> float | None:
        """Age of the head; None where its time is not known."""
        head = self._heads.get(key)
        return age(head.since, now) if head is not None else None

    def unchanged_s(self, key: bytes, now: Now) -> float | None:
        """For how long looks have found the same job at the head; None where there is none."""
        head = self._heads.get(key)
        return now.steady - head.same_from if head is not None else None
