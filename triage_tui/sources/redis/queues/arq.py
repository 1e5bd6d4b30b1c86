"""arq.

    arq:queue (or any name)    ZSET of job ids, scored by when they are due, in milliseconds; running ones included
    arq:in-progress:{id}       exists while a job runs
    {queue}:health-check       exists while a worker lives, and up to an hour longer where it was killed

A job that gave up leaves only its result, so that there is no dead set.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import Counted, Names, Now, age, refusals_in, shown
from triage_tui.sources.redis.replies import raw, scored, whole
from triage_tui.sources.redis.wire import Command, Refusal

DEFAULT_QUEUE = b"arq:queue"
WINDOW = 256
"""Jobs at the beginning of a queue that are looked at. Workers take jobs in this order, ten at a time by default."""

SINGLY = 32
"""Of these, how many are asked about one by one, to find the oldest that waits; the rest are counted in one command."""

_HEALTH = b":health-check"
_MAX_CANDIDATES = 50


class Arq:
    """The default queue, and others that the scan has met by their names or their health checks."""

    name = "arq"

    def __init__(self, database: int) -> None:
        self._database = database
        self._candidates = Names(_MAX_CANDIDATES)
        self._candidates.add(DEFAULT_QUEUE)
        self._queues = Names()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._queues.beyond

    def notice(self, key: bytes) -> None:
        """See System."""
        if key.endswith(_HEALTH):
            self._candidates.add(key.removesuffix(_HEALTH))
        elif key.startswith(DEFAULT_QUEUE):
            self._candidates.add(key)

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """See System. Only what is a sorted set is a queue: others use such names as well."""
        candidates = list(self._candidates)
        commands: list[Command] = [("TYPE", name) for name in candidates]
        types = (yield commands) if commands else ()
        for name, type_ in zip(candidates, types, strict=True):
            if raw(type_) == b"zset":
                self._queues.add(name)
        return refusals_in(types)

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """See System."""
        return [self._count(queue, now) for queue in self._queues]

    def swept(self) -> None:
        """See System."""
        self._candidates.swept()
        self._candidates.add(DEFAULT_QUEUE)
        self._queues.swept()

    def _count(self, queue: bytes, now: Now) -> Steps[Counted]:
        due = f"{now.server * 1000:.0f}"
        replies = yield [
            ("ZCOUNT", queue, "-inf", due),
            ("ZCOUNT", queue, f"({due}", "+inf"),
            ("ZRANGE", queue, 0, WINDOW - 1, "WITHSCORES"),
            ("EXISTS", queue + _HEALTH),
        ]
        ready, later, window, healthy = replies
        jobs = [(job, at) for job, at in scored(window) if at <= now.server * 1000]
        wanted: list[Command] = [("EXISTS", b"arq:in-progress:" + job) for job, _ in jobs[:SINGLY]]
        if len(jobs) > SINGLY:
            wanted.append(("EXISTS", *(b"arq:in-progress:" + job for job, _ in jobs[SINGLY:])))
        answers = list((yield wanted) if wanted else ())
        counts = [whole(answer) for answer in answers]
        known = [count for count in counts if count is not None]
        running = sum(known) if len(known) == len(counts) and not isinstance(window, Refusal) else None
        due_count = whole(ready)
        first = next(
            (at for (_, at), count in zip(jobs[:SINGLY], counts[:SINGLY], strict=True) if count == 0), None
        )
        return Counted(
            Queue(
                name=shown(queue),
                system=self.name,
                waiting=max(0, due_count - running)
                if due_count is not None and running is not None
                else None,
                in_flight=running,
                delayed=whole(later),
                oldest_age_s=age(first / 1000, now) if first is not None else None,
                # A worker that was given another key for its health would show in what it runs.
                workers=0 if healthy == 0 and running == 0 else None,
                database=self._database,
            ),
            refusals_in([*replies, *answers]),
            "arq:*",
        )
