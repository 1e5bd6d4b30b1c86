"""What every queue system's module offers, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from triage_tui.model.redis import Queue
from triage_tui.sources.redis.queues.steps import Steps
from triage_tui.sources.redis.replies import cursor
from triage_tui.sources.redis.wire import Command, Refusal, Reply
from triage_tui.text import safe

NAME_LIMIT = 120
"""Characters of a queue's name that are shown."""

MAX_NAMES = 500
"""Queues of one system that are remembered; those beyond are counted, not looked at."""

MAX_MEMBERS = 1_000
"""Members of a registry that are read."""

_SSCAN_COUNT = 250

MAX_PAYLOAD_BYTES = 1_000_000
"""A job's payload that is larger is not parsed."""


class Now(Struct, frozen=True):
    """The instant of a look.

    server    Unix time by the server's clock
    steady    this machine's steady seconds, for durations
    patterns  patterns that clients have subscribed to, on the whole server
    blocked   clients in a blocking command, on the whole server
    """

    server: float
    steady: float
    patterns: int | None = None
    blocked: int | None = None


class System(Protocol):
    """One queue system in one database. Lives as long as the source does."""

    name: str

    def notice(self, key: bytes) -> None:
        """The scan has met this key: remember it if it is one of ours."""
        ...

    def register(self) -> Steps[tuple[Refusal, ...]]:
        """Read the registries that name queues, and return what was refused. Cheap enough for every few looks."""
        ...

    def readers(self, now: Now) -> Sequence[Steps[Counted]]:
        """One reader for each queue that is known."""
        ...

    def swept(self) -> None:
        """A scan of the whole database has ended: forget what it no longer met."""
        ...

    @property
    def beyond(self) -> int:
        """How many queues were found beyond those that are remembered."""
        ...


class Counted(Struct, frozen=True):
    """One queue as it was counted, and what kept parts of it from being counted.

    refusals  what the server would not tell
    keys      pattern of its keys, for the ACL rule that would open them
    """

    queue: Queue
    refusals: tuple[Refusal, ...] = ()
    keys: str = ""


class Names:
    """Names that a registry or a scan has brought, and that are kept for a while after they vanish.

    An empty list does not exist in Redis, so a queue that has drained looks like one that was never there. It stays
    known until two whole scans in a row have not met it.
    """

    def __init__(self, limit: int = MAX_NAMES) -> None:
        self._limit = limit
        self._missed: dict[bytes, int] = {}
        self._overflow: set[int] = set()

    def add(self, name: bytes) -> None:
        """Met, by whoever."""
        if name in self._missed or len(self._missed) < self._limit:
            self._missed[name] = 0
        elif len(self._overflow) < 100_000:
            self._overflow.add(hash(name))

    def __iter__(self) -> Iterator[bytes]:
        return iter(sorted(self._missed))

    def __contains__(self, name: object) -> bool:
        return name in self._missed

    def __len__(self) -> int:
        return len(self._missed)

    @property
    def beyond(self) -> int:
        """Names that were met beyond the limit."""
        return len(self._overflow)

    def swept(self) -> None:
        """A whole scan has ended: forget what two in a row have not met."""
        self._missed = {name: missed + 1 for name, missed in self._missed.items() if missed < 2}
        self._overflow.clear()


def first_members(key: bytes) -> Command:
    """The first bite of a set: all of it, for the sets that registries usually are."""
    return ("SSCAN", key, "0", "COUNT", _SSCAN_COUNT)


def all_members(key: bytes, first: Reply) -> Steps[list[bytes] | Refusal]:
    """The members of a set, at most MAX_MEMBERS, in bites. first: the answer to `first_members`.

    A key of another type is not the registry it was taken for, and names nothing.
    """
    found: dict[bytes, None] = {}
    reply = first
    while True:
        if isinstance(reply, Refusal):
            return [] if reply.code == "WRONGTYPE" else reply
        answer = cursor(reply)
        if answer is None:
            return list(found)
        position, bite = answer
        found.update(dict.fromkeys(bite))
        if position == b"0" or len(found) >= MAX_MEMBERS:
            return list(found)[:MAX_MEMBERS]
        (reply,) = yield [("SSCAN", key, position, "COUNT", _SSCAN_COUNT)]


def members(key: bytes) -> Steps[list[bytes] | Refusal]:
    """The members of a set, at most MAX_MEMBERS."""
    (first,) = yield [first_members(key)]
    return (yield from all_members(key, first))


def refusals_in(replies: Iterable[Reply]) -> tuple[Refusal, ...]:
    """What the server refused, each kind of refusal once."""
    return tuple(dict.fromkeys(reply for reply in replies if isinstance(reply, Refusal)))


def shown(name: bytes | str) -> str:
    """A queue's name fit for showing."""
    return safe(name, limit=NAME_LIMIT)


def json_object(payload: Reply) -> dict[str, Any]:
    """A job's payload; empty where it is no JSON object, or too large to look at."""
    if not isinstance(payload, bytes) or len(payload) > MAX_PAYLOAD_BYTES:
        return {}
    try:
        value = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def age(since: float | None, now: Now) -> float | None:
    """Seconds since a Unix time by the server's clock; None where that is unknown or makes no sense.

    Producers' clocks differ: a job from the near future is new. One from long before Redis existed is no time.
    """
    if since is None or not _EARLIEST < since < now.server + _CLOCK_SKEW_S:
        return None
    return max(0.0, now.server - since)


_EARLIEST = 1_230_768_000.0
"""2009, the year of Redis' first release."""

_CLOCK_SKEW_S = 3600.0
