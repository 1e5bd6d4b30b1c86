"""Answers that come bit by bit: logs, usage, events."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import HttpVersion11, web

from triage_tui.lab.engine.answers.rows import has_labels
from triage_tui.lab.engine.answers.stats import frame_of
from triage_tui.lab.engine.api.parameters import filters, flag, moment_ns, number
from triage_tui.lab.engine.api.wording import both, encode, json_response
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.errors import BadRequestError, EngineError
from triage_tui.lab.engine.events import Event
from triage_tui.lab.engine.feed import Feed, Item
from triage_tui.lab.engine.logbook import STREAMS, Line, stamp

STATS_S = 1.0
"""Between two frames of usage."""

_ALWAYS = (1 << 63) - 1
_BATCH = 64 << 10
_OTHER_KINDS = frozenset({"config", "daemon", "node", "plugin", "secret", "service", "volume"})
"""Filters of events for things that there are none of here. Names of filters that nobody knows are ignored."""


def endless(request: web.Request) -> bool:
    """Whether a question asks for an answer without end."""
    path = request.path.rpartition("/")[2]
    return (
        (path == "events" and not request.query.get("until"))
        or (path == "logs" and flag(request, "follow"))
        or (path == "stats" and flag(request, "stream", True))
    )


def routes(engine: Engine) -> list[web.RouteDef]:
    """All of them."""

    async def logs(request: web.Request) -> web.StreamResponse:
        container = engine.find(request.match_info["id"])
        asked = zip(("stdout", "stderr"), STREAMS, strict=True)
        streams = frozenset(stream for name, stream in asked if flag(request, name))
        if not streams:
            raise BadRequestError("Bad parameters: you must choose at least one stream")
        since, until = moment_ns(request, "since"), moment_ns(request, "until")
        with_times = flag(request, "timestamps")
        with contextlib.ExitStack() as readers:
            # Before what is there is read: no line may fall between that and what is to come.
            follows = flag(request, "follow") and container.run is not None
            coming = readers.enter_context(container.log.follow(streams)) if follows else None
            kept = container.log.read(
                streams,
                since=stamp(since) if since else "",
                until=stamp(until) if until else "~",
                tail=_tail(request),
            )
            response = await _begin(request)
            for batch in _batches(kept, with_times):
                await response.write(batch)
            if coming is not None:
                await _pass_on(coming, until, lambda line: response.write(_framed(line, with_times)))
        return response

    async def stats(request: web.Request) -> web.StreamResponse:
        container = engine.find(request.match_info["id"])
        if flag(request, "stream", True):
            response = await _begin(request, "application/json")
            frame = None
            while not container.removed:
                frame = frame_of(container, frame)
                await response.write(encode(frame))
                await asyncio.sleep(STATS_S)
            return response
        frame = frame_of(container)
        if not flag(request, "one-shot") and container.run is not None:
            await asyncio.sleep(STATS_S)
            frame = frame_of(container, frame)
        return json_response(frame)

    async def events(request: web.Request) -> web.StreamResponse:
        since, until = moment_ns(request, "since"), moment_ns(request, "until")
        if since and until and until < since:
            raise BadRequestError(
                f"`since` time ({since // 10**9}) cannot be after `until` time ({until // 10**9})"
            )
        wanted = _choice(filters(request))
        asked_for = since is not None or until is not None
        with engine.events.listen(wanted) as coming:
            past = engine.events.past(since or 0, until or _ALWAYS) if asked_for else []
            response = await _begin(request, "application/json")
            for event in past:
                if wanted(event):
                    await response.write(encode(event))
            await _pass_on(coming, until, lambda event: response.write(encode(event)))
        return response

    return [
        route
        for path, handle in (
            ("/containers/{id}/logs", logs),
            ("/containers/{id}/stats", stats),
            ("/events", events),
        )
        for route in both("GET", path, handle)
    ]


async def _begin(request: web.Request, kind: str = "application/octet-stream") -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": kind})
    if request.version >= HttpVersion11:
        # An older client is told the end by the end of the connection.
        response.enable_chunked_encoding()
    await response.prepare(request)
    return response


def _tail(request: web.Request) -> int | None:
    """How many lines; None for all, which is what Docker makes of anything that is no number."""
    try:
        tail = number(request, "tail")
    except EngineError:
        return None
    return tail if tail is not None and tail >= 0 else None


def _framed(line: Line, with_times: bool) -> bytes:
    """A frame of Docker's: the stream, three zeros, the length in four bytes, the text."""
    text = b"%s %s" % (line.at.encode(), line.text) if with_times else line.text
    return struct.pack(">BxxxL", line.stream, len(text)) + text


def _batches(lines: Sequence[Line], with_times: bool) -> list[bytes]:
    batches, batch = [], bytearray()
    for line in lines:
        batch += _framed(line, with_times)
        if len(batch) >= _BATCH:
            batches.append(bytes(batch))
            batch.clear()
    return [*batches, bytes(batch)] if batch else batches


async def _pass_on(feed: Feed[Item], until: int | None, write: Callable[[Item], Awaitable[None]]) -> None:
    """What comes, to its end or up to a time."""
    left_s = (until - time.time_ns()) / 1e9 if until else None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(left_s):
            while (item := await feed.next()) is not None:
                await write(item)


def _choice(wanted: Mapping[str, Sequence[str]]) -> Callable[[Event], bool]:
    """Which events filters mean."""

    def fits(event: Event) -> bool:
        return all(_fits(event, name, values) for name, values in wanted.items() if values)

    return fits


def _fits(event: Event, name: str, values: Sequence[str]) -> bool:
    actor, kind, action = event["Actor"], event["Type"], event["Action"]
    attributes = actor["Attributes"]
    match name:
        case "type":
            return kind in values
        case "event":
            return action in values or action.partition(":")[0] in values
        case "label":
            return has_labels(attributes, values)
        case "scope":
            return event["scope"] in values
        case "container" | "network":
            return kind == name and _is(actor["ID"], attributes, values)
        case "image":
            image = attributes.get("image", "")
            return image in values or image.partition(":")[0] in values
    return name not in _OTHER_KINDS


def _is(id: str, attributes: Mapping[str, str], values: Sequence[str]) -> bool:
    return any(id.startswith(value) or attributes.get("name") == value.removeprefix("/") for value in values)
