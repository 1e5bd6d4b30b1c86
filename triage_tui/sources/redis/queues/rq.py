"""RQ.

{rq}:queues              SET of the queues' keys
{rq}:queue:{q}           LIST of job ids, taken from its beginning
{rq}:queue:{q}:intermediate   LIST of ids that a worker has taken and not yet started
{rq}:job:{id}            HASH; enqueued_at is a time in ISO 8601
{rq}:wip:{q}             ZSET of running executions, scored by when they count as abandoned
{rq}:failed:{q}          ZSET of jobs that gave up; {rq}:scheduled:{q} of jobs for later
{rq}:workers:{q}         SET of keys of workers; a worker that died has none of its own any more
{rq}:suspended           exists while all workers are told to pause
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.heads import Heads
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import (
    Counted,
    Names,
    Now,
    all_members,
    first_members,
    members,
    refusals_in,
    shown,
)
from triage_tui.sources.redis.replies import raw, whole
from triage_tui.sources.redis.wire import Command, Refusal, Reply


class Rq:
    """Queues that RQ's own registry names."""

    name = "rq"

    def __init__(self, database: int, prefix: str = "rq") -> None:
        self._database = database
        self._prefix = prefix.encode()
        self._queues = Names()
        self._heads = Heads()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._queues.beyond

    def notice(self, key: bytes) -> None:
        """See System."""
        name = self._name_of(key)
        if name is not None:
            self._queues.add(name)

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """See System."""
        keys = yield from members(self._prefix + b":queues")
        if isinstance(keys, Refusal):
            return (keys,)
        for key in keys:
            self.notice(key)
        return ()

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """See System."""
        return [self._count(queue, now) for queue in self._queues]

    def swept(self) -> None:
        """See System."""
        self._queues.swept()

    def _name_of(self, key: bytes) -> bytes | None:
        start = self._prefix + b":queue:"
        if not key.startswith(start) or key.endswith(b":intermediate"):
            return None
        return key.removeprefix(start) or None

    def _count(self, queue: bytes, now: Now) -> Steps[Counted]:
        key = b"%b:queue:%b" % (self._prefix, queue)
        running, failed, later = (
            b"%b:%b:%b" % (self._prefix, kind, queue) for kind in (b"wip", b"failed", b"scheduled")
        )
        workers_key = b"%b:workers:%b" % (self._prefix, queue)
        replies = yield [
            ("LLEN", key),
            ("LLEN", key + b":intermediate"),
            ("ZCARD", running),
            ("ZCOUNT", running, "-inf", f"{now.server:.0f}"),
            ("ZCARD", failed),
            ("ZCARD", later),
            ("EXISTS", self._prefix + b":suspended"),
            ("LINDEX", key, 0),
            first_members(workers_key),
        ]
        depth, taken, started, abandoned, dead, delayed, suspended, head, registered = replies
        workers = yield from all_members(workers_key, registered)
        identity = raw(head)
        wanted: list[Command] = []
        if identity is not None and not self._heads.known(key, identity):
            wanted.append(("HGET", b"%b:job:%b" % (self._prefix, identity), "enqueued_at"))
        if workers and not isinstance(workers, Refusal):
            wanted.append(("EXISTS", *workers))
        answers = list((yield wanted) if wanted else ())
        if identity is None:
            self._heads.gone(key)
        elif not self._heads.known(key, identity):
            self._heads.found(key, identity, now, since=iso_time(answers.pop(0)))
        alive: Reply = workers if isinstance(workers, Refusal) else (answers.pop() if workers else 0)
        oldest = self._heads.age_s(key, now)
        return Counted(
            Queue(
                name=shown(queue),
                system=self.name,
                waiting=whole(depth),
                in_flight=_sum(taken, started),
                delayed=whole(delayed),
                dead=whole(dead),
                oldest_age_s=oldest,
                head_unchanged_s=self._heads.unchanged_s(key, now) if oldest is None else None,
                workers=whole(alive),
                paused=bool(suspended) if isinstance(suspended, int) else None,
                stalled=whole(abandoned),
                database=self._database,
            ),
            refusals_in([*replies, alive]),
            f"{shown(self._prefix)}:*",
        )


def iso_time(reply: Reply) -> float | None:
    """Unix time of RQ's `2026-05-01T12:00:00.000000Z`; None for everything else."""
    text = raw(reply)
    if text is None or len(text) > 40:
        return None
    try:
        at = datetime.fromisoformat(text.decode("ascii").replace("Z", "+00:00"))
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _sum(*counts: Reply) -> int | None:
    known = [count for count in map(whole, counts) if count is not None]
    return sum(known) if len(known) == len(counts) else None
