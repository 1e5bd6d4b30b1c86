"""Usage through the API, for engines whose files are not this host's.

There is no question that answers for all containers, and one question takes a second where the engine is old. So
they are asked beside the looks, a bounded number at a time, and a look takes what has come: no number of
containers makes a look late.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping

from msgspec import Struct

from triage_tui.sources.clock import steady
from triage_tui.sources.docker.client import ANSWER_S, Client
from triage_tui.sources.docker.crew import Crew
from triage_tui.sources.docker.failures import EXPECTED, is_gone
from triage_tui.sources.docker.samples import FRESH_S, LEAST_SPAN_S, Samples
from triage_tui.sources.docker.usage import Counters

FOCUSED_INTERVAL_S = 2.0
"""Between two readings of a container that the reader sees."""

INTERVAL_S = 5.0
"""Between two readings of any other one."""

PER_SECOND = 15.0
"""Readings of unseen containers a second, at most: 200 of them are read every 13 s."""

ARMED_S = 10.0
"""Reading stops this long after the last look: whoever pauses the cockpit relieves the engine as well."""


class Asked(Struct, frozen=True):
    """A container to read. run tells its runs apart, name is what the focus knows."""

    id: str
    name: str
    run: object


Read = Callable[[Client, Asked], Counters | None]


class Sampler:
    """Keeps `samples` fresh for the containers that are wanted, the focused ones first.

    width  questions under way at once
    read   asks for one container's reading; runs on a thread of the crew
    """

    def __init__(self, crew: Crew, width: int, samples: Samples, read: Read) -> None:
        self._crew = crew
        self._width = width
        self._samples = samples
        self._read = read
        self._wanted: dict[str, Asked] = {}
        self._focus: Collection[str] = ()
        self._tried_at: dict[str, float] = {}
        self._ended_at: dict[str, float] = {}
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._dispatcher: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._news = asyncio.Event()
        self._armed_until = 0.0
        self._last_start = 0.0
        self.error: BaseException | None = None

    def want(self, wanted: Mapping[str, Asked], focus: Collection[str]) -> None:
        """Read these from now on, until ARMED_S after the last call. focus: names of those that matter most."""
        self._wanted = dict(wanted)
        self._focus = focus
        self._armed_until = steady() + ARMED_S
        for gone in self._tried_at.keys() - self._wanted.keys():
            del self._tried_at[gone]
            self._ended_at.pop(gone, None)
        self._wake.set()
        if wanted and (self._dispatcher is None or self._dispatcher.done()):
            self._dispatcher = asyncio.get_running_loop().create_task(self._dispatch())

    async def settle(self, timeout_s: float, *, with_cpu: bool = False) -> None:
        """Wait until all that is wanted was asked lately (with_cpu: and has a CPU value), at most this long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while any(self._lacking(asked, with_cpu) for asked in self._wanted.values()):
                    self._news.clear()
                    await self._news.wait()

    def forget(self) -> None:
        """Stop reading, and let what is under way end without a trace."""
        self._wanted = {}
        self._armed_until = 0.0
        self._wake.set()

    async def aclose(self) -> None:
        """Stop at once."""
        tasks = [*self._under_way.values(), *([self._dispatcher] if self._dispatcher else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=1.0)

    def _lacking(self, asked: Asked, with_cpu: bool) -> bool:
        if with_cpu and not self._samples.has_cpu(asked.id):
            return True
        # One that was asked and did not answer is not waited for again.
        return steady() - self._ended_at.get(asked.id, float("-inf")) > FRESH_S

    async def _dispatch(self) -> None:
        while (now := steady()) < self._armed_until and self._wanted:
            pause = self._start_due(now)
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    def _start_due(self, now: float) -> float:
        """Start what is due and has room; seconds until there may be more to start."""
        waiting = sorted(
            (self._due_at(asked), asked.id)
            for asked in self._wanted.values()
            if asked.id not in self._under_way
        )
        for due_at, id in waiting:
            if len(self._under_way) >= self._width:
                return ARMED_S
            wait = max(due_at, self._next_start_at(self._wanted[id])) - now
            if wait > 0:
                return wait
            self._start(self._wanted[id], now)
        return ARMED_S

    def _due_at(self, asked: Asked) -> float:
        tried_at = self._tried_at.get(asked.id)
        focused = asked.name in self._focus
        if tried_at is None:
            # Never read: before everything else, the focused ones first of all.
            return float("-inf") if focused else -1e9
        if not self._samples.has_cpu(asked.id) and self._samples.read_at(asked.id) >= tried_at:
            return tried_at + 1.2 * LEAST_SPAN_S
        if focused:
            return tried_at + FOCUSED_INTERVAL_S
        return tried_at + max(INTERVAL_S, len(self._wanted) / PER_SECOND)

    def _next_start_at(self, asked: Asked) -> float:
        # Spread over the interval: read all at once, they would come due all at once for ever.
        if asked.name in self._focus or not self._samples.has_cpu(asked.id):
            return 0.0
        return self._last_start + 1 / PER_SECOND

    def _start(self, asked: Asked, now: float) -> None:
        self._tried_at[asked.id] = self._last_start = now
        task = asyncio.get_running_loop().create_task(self._sample(asked))
        self._under_way[asked.id] = task
        task.add_done_callback(lambda _: self._ended(asked.id))

    async def _sample(self, asked: Asked) -> None:
        try:
            counters = await self._crew.ask(lambda client: self._read(client, asked), ANSWER_S)
        except EXPECTED as error:
            # Where the engine is gone the next look says so; where the container is, there is nothing to say.
            if not is_gone(error):
                self.error = error
            return
        self.error = None
        if counters is not None and asked.id in self._wanted:
            self._samples.note(asked.id, asked.run, counters, steady())

    def _ended(self, id: str) -> None:
        self._under_way.pop(id, None)
        if id in self._wanted:
            self._ended_at[id] = steady()
        self._wake.set()
        self._news.set()
