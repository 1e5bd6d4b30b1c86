"""CLIENT LIST made into few clients: those that cost the server most, or wait for nothing. Pure."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping

from triage_tui.model.redis import Client, ClientList, Holder
from triage_tui.sources.redis.wire import CLIENT_NAME
from triage_tui.text import safe

KEPT = 200
"""Clients that are kept of a list. Nobody reads further, and the picture of a look is kept in memory."""

HOLDERS = 5
MAX_TEXT = 120

FLAGS = {
    "b": "blocked",
    "P": "pubsub",
    "S": "replica",
    "M": "master",
    "O": "monitor",
    "x": "transaction",
    "A": "closing",
    "c": "closing",
    "t": "tracking",
    "r": "read-only",
    "e": "no-evict",
}
"""Letters of the field `flags` that say something of a client; N, none of them, says nothing."""

_BY_TRADE = frozenset("bPSM")

Fields = Mapping[str, str]


def parse(reply: bytes) -> ClientList:
    """The list as CLIENT LIST sends it: a line for each client, `id=3 addr=127.0.0.1:52555 name= age=855 …`.

    Names and addresses hold no spaces: the server refuses those. Of each client only what it is ranked and counted by
    is read, in some 7 µs; of those that are kept all the rest.
    """
    everyone = [
        line
        for line in reply.decode("utf-8", "replace").split("\n")
        if _count(_field(line, "id")) is not None and _field(line, "name") != CLIENT_NAME
    ]
    holders = Counter(map(_holder, everyone))
    return ClientList(
        clients=tuple(_client(_fields(line)) for line in heapq.nsmallest(KEPT, everyone, key=_rank)),
        total=len(everyone),
        holders=tuple(
            Holder(safe(name, limit=MAX_TEXT), count) for name, count in holders.most_common(HOLDERS)
        ),
    )


def _field(line: str, name: str) -> str:
    """One field of a line; empty where it is empty or missing."""
    if line.startswith(f"{name}="):
        start = len(name) + 1
    else:
        at = line.find(f" {name}=")
        if at < 0:
            return ""
        start = at + len(name) + 2
    end = line.find(" ", start)
    return line[start:] if end < 0 else line[start:end]


def _fields(line: str) -> Fields:
    """All fields of a line."""
    return {
        name: value for name, equals, value in (word.partition("=") for word in line.split(" ")) if equals
    }


def _rank(line: str) -> tuple[int, bool, bool, int, int]:
    """First who does not take its answers, since the server keeps them in memory; then a MONITOR, which takes most of
    its throughput; then who has done nothing for longest. Behind them who is idle by its trade: workers that block on
    a queue, subscribers, links of replicas."""
    flags = _field(line, "flags")
    return (
        -(_count(_field(line, "omem")) or 0),
        "O" not in flags,
        not _BY_TRADE.isdisjoint(flags),
        -(_count(_field(line, "idle")) or 0),
        _count(_field(line, "id")) or 0,
    )


def _holder(line: str) -> str:
    host = _field(line, "addr").rpartition(":")[0] or "?"
    name = _field(line, "name")
    return f"{name} ({host})" if name else host


def _client(fields: Fields) -> Client:
    subscribed = [_whole(fields, name) for name in ("sub", "psub", "ssub")]
    queued = _whole(fields, "multi")
    return Client(
        id=int(fields["id"]),
        address=safe(fields.get("addr", ""), limit=MAX_TEXT),
        name=_text(fields, "name"),
        user=_text(fields, "user"),
        library=safe(f"{fields.get('lib-name', '')} {fields.get('lib-ver', '')}".strip(), limit=MAX_TEXT)
        or None,
        age_s=_seconds(fields, "age"),
        idle_s=_seconds(fields, "idle"),
        database=_whole(fields, "db"),
        command=_text(fields, "cmd"),
        output_bytes=_whole(fields, "omem"),
        memory_bytes=_whole(fields, "tot-mem"),
        query_bytes=_whole(fields, "qbuf"),
        channels=sum(known) if (known := [one for one in subscribed if one is not None]) else None,
        queued=queued,
        flags=tuple(dict.fromkeys(FLAGS[letter] for letter in fields.get("flags", "") if letter in FLAGS)),
    )


def _text(fields: Fields, name: str) -> str | None:
    return safe(fields.get(name, ""), limit=MAX_TEXT) or None


def _whole(fields: Fields, name: str) -> int | None:
    return _count(fields.get(name, ""))


def _count(value: str) -> int | None:
    """A number of 64 bits; None where it is missing, or -1, which stands for none."""
    return int(value) if value.isdecimal() and len(value) < 20 else None


def _seconds(fields: Fields, name: str) -> float | None:
    value = _whole(fields, name)
    return float(value) if value is not None else None
