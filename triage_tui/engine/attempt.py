"""One look with a hard end, whatever the source does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from triage_tui.engine.defects import look_problem
from triage_tui.model import Observation, Problem, ProblemKind, Target
from triage_tui.sources import Look, Source
from triage_tui.sources.clock import Clock
from triage_tui.sources.problems import timeout_problem

GRACE_S = 1.0
"""What a cancelled look or a closing source gets to end in order: neither waits for a server, so it is plenty."""

SLICE_S = 1.0
"""The deadline is counted in slices of the loop's own time. After this process was stopped for a minute, or the
machine slept, a look is not given up for time in which its answer could not be read."""

LEFT_BEHIND = 2
"""Looks of one target that ignored being cancelled and may still run. Each may hold a thread and a connection."""


class Attempt:
    """Makes a source when it is first needed, and looks through it with a deadline.

    A look that has not ended by its deadline is cancelled. One that ignores this is left behind with its source,
    and the next look gets a new one; with LEFT_BEHIND of them around there is no next look until one has ended.
    """

    def __init__(self, open: Callable[[], Source], target: Target, clock: Clock) -> None:
        self._open = open
        self._target = target
        self._clock = clock
        self._subjects: Collection[str] | None = None
        self._left_behind: set[asyncio.Task[Observation]] = set()
        self._closing: set[asyncio.Task[None]] = set()
        self.source: Source | None = None

    def focus(self, subjects: Collection[str]) -> None:
        """Pass on what the reader sees, and remember it for a source that is opened later."""
        self._subjects = subjects
        if self.source is not None:
            self.source.focus(subjects)

    async def look(self) -> Observation:
        """Look once. Never raises but CancelledError; what the source raises becomes a problem of its target."""
        look = Look(self._target, self._clock)
        if len(self._left_behind) >= LEFT_BEHIND:
            return look.failed(self._stuck_problem())
        try:
            source = self._opened()
            self._target = source.target
            deadline_s = source.deadline_s
        except Exception as error:
            return look.failed(look_problem(error))
        task = asyncio.get_running_loop().create_task(_guarded(source))
        try:
            in_time = await _ends_within(task, deadline_s)
            if not in_time:
                await self._give_up(task)
        except asyncio.CancelledError:
            await self._give_up(task)
            raise
        if not task.done():
            return look.failed(timeout_problem(self._target.endpoint, deadline_s))
        raised = asyncio.CancelledError() if task.cancelled() else task.exception()
        if raised is None:
            return task.result()
        return look.failed(
            look_problem(raised) if in_time else timeout_problem(self._target.endpoint, deadline_s)
        )

    async def close(self) -> None:
        """Give up the source, within twice the grace."""
        self._give_up_source()
        if self._closing:
            await asyncio.wait(self._closing, timeout=2 * GRACE_S)

    def _opened(self) -> Source:
        if self.source is None:
            self.source = self._open()
            if self._subjects is not None:
                self.source.focus(self._subjects)
        return self.source

    async def _give_up(self, task: asyncio.Task[Observation]) -> None:
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE_S)
        if not task.done():
            self._left_behind.add(task)
            task.add_done_callback(self._forget)
            self._give_up_source()

    def _forget(self, task: asyncio.Task[Observation]) -> None:
        self._left_behind.discard(task)
        if not task.cancelled():
            task.exception()

    def _give_up_source(self) -> None:
        source, self.source = self.source, None
        if source is not None:
            closing = asyncio.get_running_loop().create_task(_closed(source))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    def _stuck_problem(self) -> Problem:
        return Problem(
            ProblemKind.TIMEOUT,
            f"{len(self._left_behind)} earlier looks at {self._target.endpoint} have not come back",
            "Check whether the server or the network drops traffic without an answer; looking goes on when one ends.",
        )


async def _guarded(source: Source) -> Observation:
    try:
        return await source.observe()
    except SystemExit as error:
        # Some libraries exit where they should raise; it would take the engine's thread with it.
        raise RuntimeError("the source tried to end the program") from error


async def _ends_within(task: asyncio.Task[Observation], seconds: float) -> bool:
    while not task.done() and seconds > 0:
        await asyncio.wait({task}, timeout=min(seconds, SLICE_S))
        seconds -= SLICE_S
    return task.done()


async def _closed(source: Source) -> None:
    """Close a source and let no error out: there is nothing left that could be done about it."""

    async def close() -> None:
        await source.aclose()

    task = asyncio.get_running_loop().create_task(close())
    await asyncio.wait({task}, timeout=GRACE_S)
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE_S)
    if task.done() and not task.cancelled():
        task.exception()
