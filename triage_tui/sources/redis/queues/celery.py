"""Celery over kombu's Redis transport.

    {prefix}_kombu.binding.{exchange}   SET of `routing key SEP pattern SEP queue`
    {prefix}{queue}                     LIST of messages of the lowest priority step, taken from its end
    {prefix}{queue}{sep}{step}          LIST of messages of another step
    {prefix}unacked                     HASH of messages that workers hold, of all queues together
    {prefix}unacked_index               ZSET of the same, scored by when they were taken
    {prefix}_kombu.binding.celery.pidbox    where workers listen for control commands: names, also of dead ones

A task with an ETA or a countdown lies in its queue like any other until a worker takes it, and then in `unacked`.
No message holds the time at which it was sent, so that no age can be computed. There is no dead set.

Workers cannot be counted from here, but that there is none can be seen: each subscribes to the pattern of the control
exchange, and one that has been told not to waits in BRPOP unless it holds messages.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.heads import Heads
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import Counted, Names, Now, age, members, refusals_in, shown
from triage_tui.sources.redis.replies import scored, whole
from triage_tui.sources.redis.wire import Command, Refusal

_BINDING = b"_kombu.binding."
_PERMANENT = b"_kombu.binding_permanent."
_SEPARATOR = b"\x06\x16"
"""Between the parts of a binding; kombu uses `sep` here as well, which is this unless somebody changed it."""

_MAX_TABLES = 100


class Celery:
    """Queues that kombu has bound. A prefix is taken from the keys themselves where the scan meets one."""

    name = "celery"

    def __init__(
        self,
        database: int,
        prefix: str = "",
        separator: str = "\x06\x16",
        steps: Sequence[int] = (0, 3, 6, 9),
    ) -> None:
        self._database = database
        self._separator = separator.encode()
        self._steps = tuple(steps) or (0,)
        self._tables = Names(_MAX_TABLES)
        self._tables.add(prefix.encode() + _BINDING + b"celery")
        self._queues = Names()
        self._controlled: set[bytes] = set()
        self._heads = Heads()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._queues.beyond

    def notice(self, key: bytes) -> None:
        """See System."""
        for mark in (_BINDING, _PERMANENT):
            prefix, found, exchange = key.partition(mark)
            if found and len(prefix) < 100 and not _internal(exchange):
                self._tables.add(prefix + _BINDING + exchange)
            elif found and exchange.endswith(b".pidbox"):
                self._controlled.add(prefix)

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """See System."""
        refused: list[Refusal] = []
        for table in self._tables:
            bound = yield from members(table)
            if isinstance(bound, Refusal):
                refused.append(bound)
                continue
            for member in bound:
                queue = _queue_of(member, self._separator)
                if queue and not _internal(queue):
                    self._queues.add(table.partition(_BINDING)[0] + b"\0" + queue)
        prefixes = list(dict.fromkeys(table.partition(_BINDING)[0] for table in self._tables))
        boxes: list[Command] = [("EXISTS", prefix + _BINDING + b"celery.pidbox") for prefix in prefixes]
        found = yield boxes
        self._controlled.update(prefix for prefix, box in zip(prefixes, found, strict=True) if box == 1)
        return tuple(refused)

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """See System."""
        return [self._count(prefix, queue, now) for prefix, _, queue in map(_apart, self._queues)]

    def swept(self) -> None:
        """See System."""
        self._tables.swept()
        self._queues.swept()

    def _count(self, prefix: bytes, queue: bytes, now: Now) -> Steps[Counted]:
        lists = [
            prefix + queue + (self._separator + str(step).encode() if step else b"") for step in self._steps
        ]
        commands: list[Command] = [("LLEN", key) for key in lists]
        replies = yield [
            *commands,
            ("HLEN", prefix + b"unacked"),
            ("ZRANGE", prefix + b"unacked_index", 0, 0, "WITHSCORES"),
        ]
        *depths, taken, oldest_taken = replies
        known = [depth for depth in map(whole, depths) if depth is not None]
        waiting = sum(known) if len(known) == len(lists) else None
        head_list = next((key for key, depth in zip(lists, depths, strict=True) if whole(depth)), None)
        name = prefix + queue
        if not waiting:
            self._heads.gone(name)
        elif head_list is not None and self._heads.due(name, now):
            (head,) = yield [("LINDEX", head_list, -1)]
            if isinstance(head, bytes):
                self._heads.found(name, head, now, size=len(head))
        in_flight = whole(taken)
        oldest = scored(oldest_taken)
        return Counted(
            Queue(
                name=shown(name),
                system=self.name,
                waiting=waiting,
                in_flight=in_flight,
                in_flight_shared=True,
                in_flight_age_s=age(oldest[0][1], now) if oldest else None,
                head_unchanged_s=self._heads.unchanged_s(name, now),
                workers=0 if self._nobody_works(prefix, in_flight, now) else None,
                database=self._database,
            ),
            refusals_in(replies),
            shown(prefix) + "*",
        )

    def _nobody_works(self, prefix: bytes, in_flight: int | None, now: Now) -> bool:
        """There is certainly no worker."""
        if now.patterns != 0:
            return False
        return prefix in self._controlled or (now.blocked == 0 and in_flight == 0)


def _queue_of(member: bytes, separator: bytes) -> bytes | None:
    """The queue in a member of a binding table; None where it is no such member."""
    for between in (separator, _SEPARATOR):
        parts = member.split(between)
        if len(parts) == 3:
            return parts[2]
    return None


def _apart(name: bytes) -> tuple[bytes, bytes, bytes]:
    return name.partition(b"\0")


def _internal(name: bytes) -> bool:
    """Exchanges and queues of Celery's own: control commands, their replies, events. Not work."""
    return name.endswith(b".pidbox") or name == b"celeryev" or name.startswith(b"celeryev.")
