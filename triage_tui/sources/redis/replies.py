"""Answers in the shapes that protocols 2 and 3, and servers from 6.2 to 8, give them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from triage_tui.sources.redis.wire import Refusal, Reply
from triage_tui.text.sanitise import decode


def whole(reply: Reply) -> int | None:
    """A count; None for a refusal, nil, and whatever is no number."""
    number_ = number(reply)
    return int(number_) if number_ is not None else None


def number(reply: Reply) -> float | None:
    """A number that came as one or as its text; None for everything else, infinities and NaN among it."""
    if isinstance(reply, bool) or reply is None or isinstance(reply, Refusal | list | dict):
        return None
    try:
        value = float(reply)
    except (ValueError, TypeError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def raw(reply: Reply) -> bytes | None:
    """A string as it came; None for everything else."""
    if isinstance(reply, bytes):
        return reply
    return reply.encode() if isinstance(reply, str) else None


def items(reply: Reply) -> list[Reply]:
    """An array; empty for a refusal, nil and everything else."""
    return reply if isinstance(reply, list) else []


def strings(reply: Reply) -> list[bytes]:
    """The strings of an array."""
    return [item for item in items(reply) if isinstance(item, bytes)]


def scored(reply: Reply) -> list[tuple[bytes, float]]:
    """Members and scores of ZRANGE … WITHSCORES: flat in protocol 2, pairs in protocol 3."""
    found = items(reply)
    if found and isinstance(found[0], list):
        pairs: Iterable[Reply] = found
    else:
        pairs = zip(found[::2], found[1::2], strict=False)
    result: list[tuple[bytes, float]] = []
    for pair in pairs:
        if len(pair) == 2 and isinstance(pair[0], bytes) and (score := number(pair[1])) is not None:
            result.append((pair[0], score))
    return result


def mapping(reply: Reply) -> Mapping[str, Reply]:
    """A map of protocol 3, or the flat array that protocol 2 sends in its place; empty for everything else."""
    if isinstance(reply, dict):
        pairs: Iterable[tuple[Reply, Reply]] = reply.items()
    else:
        found = items(reply)
        pairs = zip(found[::2], found[1::2], strict=False)
    return {decode(name): value for name, value in pairs if isinstance(name, bytes | str)}


def cursor(reply: Reply) -> tuple[bytes, list[bytes]] | None:
    """The next cursor and the items of SCAN and SSCAN; None where it is neither."""
    found = items(reply)
    if len(found) != 2 or (position := raw(found[0])) is None or not position.isdigit():
        return None
    return position, strings(found[1])
