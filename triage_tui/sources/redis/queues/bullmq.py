"""BullMQ.

    {bull}:{q}:meta         HASH; `paused` is there while the queue is paused
    {bull}:{q}:wait         LIST of job ids, taken from its end; `paused` in its place while the queue is paused
    {bull}:{q}:prioritized  ZSET of jobs with a priority, which wait as well
    {bull}:{q}:active       LIST of running jobs
    {bull}:{q}:{id}:lock    exists as long as the worker of a running job renews it
    {bull}:{q}:delayed      ZSET, {bull}:{q}:failed ZSET of jobs that gave up
    {bull}:{q}:{id}         HASH; timestamp is Unix time in milliseconds

Versions 4 and 5 may put a marker, an entry that starts with `0:`, at the end of `wait`; it is no job. The set
`stalled` holds candidates, not stalled jobs: a job has stalled when it is active and its lock is gone.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.heads import Heads
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import Counted, Names, Now, refusals_in, shown
from triage_tui.sources.redis.replies import number, raw, strings, whole
from triage_tui.sources.redis.wire import Command, Refusal

ACTIVE_LOOKED_AT = 100
"""Running jobs whose locks are looked for. Where more run, `stalled` counts those among the latest hundred."""


class BullMq:
    """Queues whose `meta` hash the scan has met; there is no registry."""

    name = "bullmq"

    def __init__(self, database: int, prefix: str = "bull") -> None:
        self._database = database
        self._start = prefix.encode() + b":"
        self._queues = Names()
        self._heads = Heads()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._queues.beyond

    def notice(self, key: bytes) -> None:
        """See System."""
        if key.startswith(self._start) and key.endswith(b":meta"):
            name = key[len(self._start) : -len(b":meta")]
            if name and b":" not in name:
                self._queues.add(name)

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
        base = self._start + queue + b":"
        replies = yield [
            ("LLEN", base + b"wait"),
            ("LLEN", base + b"paused"),
            ("ZCARD", base + b"prioritized"),
            ("LLEN", base + b"active"),
            ("ZCARD", base + b"delayed"),
            ("ZCARD", base + b"failed"),
            ("HGET", base + b"meta", "paused"),
            ("LINDEX", base + b"wait", -1),
            ("LINDEX", base + b"paused", -1),
            ("LRANGE", base + b"active", 0, ACTIVE_LOOKED_AT - 1),
        ]
        wait, held, prioritized, active, delayed, failed, paused, next_, next_held, running = replies
        ids = strings(running)
        head = raw(next_) or raw(next_held)
        markers = sum(bool(end) and end.startswith(b"0:") for end in (raw(next_), raw(next_held)))  # type: ignore[union-attr]
        head = None if head is not None and head.startswith(b"0:") else head
        wanted: list[Command] = [("EXISTS", base + job + b":lock") for job in ids]
        unknown = head is not None and not self._heads.known(base, head)
        if unknown:
            wanted.append(("HGET", base + (head or b""), "timestamp"))
        answers = list((yield wanted) if wanted else ())
        if head is None:
            self._heads.gone(base)
        elif unknown:
            milliseconds = number(answers.pop())
            self._heads.found(
                base, head, now, since=milliseconds / 1000 if milliseconds is not None else None
            )
        depths = [whole(depth) for depth in (wait, held, prioritized)]
        known = [depth for depth in depths if depth is not None]
        locks = [whole(lock) for lock in answers]
        oldest = self._heads.age_s(base, now)
        return Counted(
            Queue(
                name=shown(queue),
                system=self.name,
                waiting=sum(known) - markers if len(known) == len(depths) else None,
                in_flight=whole(active),
                delayed=whole(delayed),
                dead=whole(failed),
                oldest_age_s=oldest,
                head_unchanged_s=self._heads.unchanged_s(base, now) if oldest is None else None,
                paused=None if isinstance(paused, Refusal) else paused is not None,
                stalled=None
                if isinstance(running, Refusal) or None in locks
                else sum(lock == 0 for lock in locks),
                database=self._database,
            ),
            refusals_in([*replies, *answers]),
            shown(self._start) + "*",
        )
