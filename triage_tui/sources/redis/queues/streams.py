"""Consumer groups of streams, TaskIQ's among them: each group of a stream is a queue.

The length of a stream is not its depth: entries stay after they are acknowledged. The depth is the group's lag, which
7.0 and later know, unless entries in the middle were deleted. Where it is missing, two cases are certain: the group has
been given the last entry, or none at all. A stream without groups is no queue.

Consumers are never removed by themselves. One that was active in the last minute is alive; one that has not been, while
entries wait and it holds none, is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.heads import Heads
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.queues.system import NAME_LIMIT, Counted, Names, Now, age, refusals_in
from triage_tui.sources.redis.replies import items, mapping, number, raw, whole
from triage_tui.sources.redis.wire import Command, Refusal, Reply
from triage_tui.text import safe

ACTIVE_S = 60.0
MAX_CONSUMERS = 200
_TASKIQ = b"taskiq"


class Streams:
    """Groups of streams that the scan has met; TaskIQ's default stream is tried from the start."""

    name = "stream"

    def __init__(self, database: int) -> None:
        self._database = database
        self._streams = Names()
        self._streams.add(_TASKIQ)
        self._groups: dict[bytes, tuple[bytes, ...]] = {}
        self._heads = Heads()

    @property
    def beyond(self) -> int:
        """See System."""
        return self._streams.beyond

    def notice(self, key: bytes) -> None:
        """Names of streams follow no pattern; `notice_stream` is told of them."""

    def notice_stream(self, key: bytes) -> None:
        """The scan has met a stream."""
        self._streams.add(key)

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """See System."""
        streams = list(self._streams)
        commands: list[Command] = [("XINFO", "GROUPS", stream) for stream in streams]
        answers = (yield commands) if commands else ()
        self._groups = {}
        for stream, answer in zip(streams, answers, strict=True):
            groups = tuple(
                name for name in (raw(mapping(group).get("name")) for group in items(answer)) if name
            )
            if groups:
                self._groups[stream] = groups
        # "ERR no such key" is how a stream that is not there looks.
        return tuple(refusal for refusal in refusals_in(answers) if refusal.code == "NOPERM")

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """See System."""
        return [
            self._count(stream, group, now) for stream, groups in self._groups.items() for group in groups
        ]

    def swept(self) -> None:
        """See System."""
        self._streams.swept()
        self._streams.add(_TASKIQ)

    def _count(self, stream: bytes, group: bytes, now: Now) -> Steps[Counted]:
        groups, pending = replies = yield [("XINFO", "GROUPS", stream), ("XPENDING", stream, group)]
        found = next((g for g in map(mapping, items(groups)) if raw(g.get("name")) == group), {})
        lag, taken, consumers = (whole(found.get(field)) for field in ("lag", "pending", "consumers"))
        delivered = raw(found.get("last-delivered-id"))
        wanted: list[Command] = []
        if lag is None and found:
            wanted.append(("XINFO", "STREAM", stream))
        if consumers is not None and 0 < consumers <= MAX_CONSUMERS:
            wanted.append(("XINFO", "CONSUMERS", stream, group))
        answers = list((yield wanted) if wanted else ())
        if lag is None and found:
            lag = certain_lag(mapping(answers.pop(0)), delivered)
        key = stream + b"\0" + group
        if lag and delivered is not None:
            self._heads.found(key, delivered, now)
        else:
            self._heads.gone(key)
        oldest_taken = items(pending)[1:2]
        return Counted(
            Queue(
                name=_name(stream, group),
                system=self.name,
                waiting=lag,
                in_flight=taken,
                in_flight_age_s=age(entry_time(oldest_taken[0]), now) if oldest_taken else None,
                head_unchanged_s=self._heads.unchanged_s(key, now),
                workers=0 if consumers == 0 else _active(answers, lag, taken),
                database=self._database,
            ),
            refusals_in([*replies, *answers]),
            safe(stream, limit=NAME_LIMIT),
        )


def certain_lag(stream: dict[str, Reply] | Sequence[Reply] | object, delivered: bytes | None) -> int | None:
    """The lag of a group whose server does not know it, in the two cases in which it is certain.

    stream     fields of XINFO STREAM
    delivered  the last entry that the group was given
    """
    fields = mapping(stream)
    last, length = raw(fields.get("last-generated-id")), whole(fields.get("length"))
    if last is None or delivered is None or length is None:
        return None
    if delivered == last or length == 0:
        return 0
    return length if delivered == b"0-0" else None


def entry_time(entry: Reply) -> float | None:
    """Unix time of an entry that Redis numbered itself: the first part of its id, in milliseconds."""
    identity = raw(entry)
    milliseconds = number(identity.partition(b"-")[0]) if identity is not None else None
    return milliseconds / 1000 if milliseconds is not None else None


def _active(answers: Sequence[Reply], lag: int | None, taken: int | None) -> int | None:
    if not answers or isinstance(answers[-1], Refusal):
        return None
    idle = [number(mapping(consumer).get("idle")) for consumer in items(answers[-1])]
    active = sum(milliseconds is not None and milliseconds <= ACTIVE_S * 1000 for milliseconds in idle)
    if active or (lag and taken == 0):
        return active
    return None


def _name(stream: bytes, group: bytes) -> str:
    text = stream if stream == group else stream + b"/" + group
    return safe(text, limit=NAME_LIMIT)
