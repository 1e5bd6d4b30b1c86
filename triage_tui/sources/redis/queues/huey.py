"""Huey.

    huey.redis.{name}      LIST of pickled tasks, taken from its end; a ZSET for the priority storage
    huey.schedule.{name}   ZSET of tasks for later
    huey.results.{name}    HASH of results

A task leaves its list when it is taken, and nothing else is written down: what runs, what failed and how old a task is
cannot be known. Tasks are never unpickled.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.heads import Heads
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import Counted, Names, Now, refusals_in, shown
from triage_tui.sources.redis.replies import strings, whole
from triage_tui.sources.redis.wire import Command, Refusal

_STARTS = (b"huey.redis.", b"huey.schedule.", b"huey.results.")


class Huey:
    """Queues whose keys the scan has met; there is no registry."""

    name = "huey"

    def __init__(self, database: int) -> None:
        self._database = database
        self._queues = Names()
        self._sorted: set[bytes] = set()
        self._heads = Heads()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._queues.beyond

    def notice(self, key: bytes) -> None:
        """See System."""
        for start in _STARTS:
            if key.startswith(start) and len(key) > len(start):
                self._queues.add(key.removeprefix(start))

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """See System."""
        yield from ()
        return ()

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """See System."""
        return [self._count(queue, now) for queue in self._queues]

    def swept(self) -> None:
        """See System."""
        self._queues.swept()

    def _count(self, queue: bytes, now: Now) -> Steps[Counted]:
        key = b"huey.redis." + queue
        length = "ZCARD" if queue in self._sorted else "LLEN"
        depth, scheduled = replies = yield [(length, key), ("ZCARD", b"huey.schedule." + queue)]
        if isinstance(depth, Refusal) and depth.code == "WRONGTYPE":
            self._sorted ^= {queue}
            (depth,) = replies = yield [("ZCARD" if queue in self._sorted else "LLEN", key)]
        waiting = whole(depth)
        if not waiting:
            self._heads.gone(key)
        elif self._heads.due(key, now):
            first: Command = ("ZRANGE", key, 0, 0) if queue in self._sorted else ("LRANGE", key, -1, -1)
            (head,) = yield [first]
            for task in strings(head):
                self._heads.found(key, task, now, size=len(task))
        return Counted(
            Queue(
                name=shown(queue),
                system=self.name,
                waiting=waiting,
                delayed=whole(scheduled),
                head_unchanged_s=self._heads.unchanged_s(key, now),
                database=self._database,
            ),
            refusals_in(replies),
            "huey.*",
        )
