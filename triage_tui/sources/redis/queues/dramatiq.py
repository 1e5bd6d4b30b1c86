"""Dramatiq over its Redis broker.

    {ns}:{q}          LIST of message ids, taken from its beginning
    {ns}:{q}.msgs     HASH id → message, of those that wait and those that are being worked on
    {ns}:{q}.DQ.msgs  the same for messages with a delay, retries among them
    {ns}:{q}.XQ       ZSET of messages that gave up; they are dropped after a week
    {ns}:__heartbeats__            ZSET of brokers, scored by their last command in milliseconds
    {ns}:__acks__.{broker}.{q}     SET of messages that a broker has taken

Whoever puts a message in has a heartbeat as well. With messages waiting, a worker always holds some, so that it can
be told from a producer by its acks; with none waiting it cannot, and nobody needs to.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.heads import Heads
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import Counted, Names, Now, json_object, refusals_in, shown
from triage_tui.sources.redis.replies import number, raw, strings, whole
from triage_tui.sources.redis.wire import Command, Refusal

HEARTBEAT_TIMEOUT_S = 60.0
"""The broker's own `heartbeat_timeout`, unless somebody changed it."""

MAX_BROKERS = 200


class Dramatiq:
    """Queues whose messages the scan has met; `default` is tried from the start."""

    name = "dramatiq"

    def __init__(self, database: int, namespace: str = "dramatiq") -> None:
        self._database = database
        self._start = namespace.encode() + b":"
        self._queues = Names()
        self._heads = Heads()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._queues.beyond

    def notice(self, key: bytes) -> None:
        """See System."""
        if not key.startswith(self._start) or b":__" in key:
            return
        for ending in (b".DQ.msgs", b".XQ.msgs", b".msgs"):
            if key.endswith(ending):
                name = key[len(self._start) : -len(ending)]
                if name:
                    self._queues.add(name)
                return

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """See System."""
        keys = [self._start + b"default" + ending for ending in (b".msgs", b".DQ.msgs", b".XQ.msgs")]
        (found,) = yield [("EXISTS", *keys)]
        if whole(found):
            self._queues.add(b"default")
        return (found,) if isinstance(found, Refusal) else ()

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """See System."""
        return [self._count(queue, now) for queue in self._queues]

    def swept(self) -> None:
        """See System."""
        self._queues.swept()

    def _count(self, queue: bytes, now: Now) -> Steps[Counted]:
        key = self._start + queue
        alive_from = int((now.server - HEARTBEAT_TIMEOUT_S) * 1000)
        replies = yield [
            ("LLEN", key),
            ("HLEN", key + b".msgs"),
            ("HLEN", key + b".DQ.msgs"),
            ("ZCARD", key + b".XQ"),
            ("LINDEX", key, 0),
            (
                "ZRANGE",
                self._start + b"__heartbeats__",
                alive_from,
                "+inf",
                "BYSCORE",
                "LIMIT",
                0,
                MAX_BROKERS,
            ),
        ]
        depth, messages, delayed, dead, head, beating = replies
        waiting, held = whole(depth), whole(messages)
        brokers = strings(beating)
        identity = raw(head)
        fetch = identity is not None and not self._heads.known(key, identity) and self._heads.due(key, now)
        wanted: list[Command] = [
            ("EXISTS", self._start + b"__acks__." + broker + b"." + queue)
            for broker in (brokers if waiting else ())
        ]
        if fetch:
            wanted.append(("HGET", key + b".msgs", identity or b""))
        answers = list((yield wanted) if wanted else ())
        if identity is None:
            self._heads.gone(key)
        elif fetch:
            message = answers.pop()
            size = len(message) if isinstance(message, bytes) else 0
            self._heads.found(key, identity, now, since=sent_at(message), size=size)
        workers: int | None = None
        if not isinstance(beating, Refusal):
            taking = [whole(answer) for answer in answers]
            if not brokers:
                workers = 0
            elif waiting and None not in taking:
                workers = sum(bool(one) for one in taking)
        oldest = self._heads.age_s(key, now)
        return Counted(
            Queue(
                name=shown(queue),
                system=self.name,
                waiting=waiting,
                in_flight=max(0, held - waiting) if held is not None and waiting is not None else None,
                delayed=whole(delayed),
                dead=whole(dead),
                oldest_age_s=oldest,
                head_unchanged_s=self._heads.unchanged_s(key, now) if oldest is None else None,
                workers=workers,
                database=self._database,
            ),
            refusals_in([*replies, *answers]),
            shown(self._start) + "*",
        )


def sent_at(message: object) -> float | None:
    """Unix time at which a message was made; None where it does not say, or is not encoded as JSON."""
    milliseconds = number(json_object(message).get("message_timestamp"))
    return milliseconds / 1000 if milliseconds is not None else None
