"""The cadence of one source: when to look, and what to do when a look does not end."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection

from triage_tui.config.settings import TargetSpec, interval_of
from triage_tui.engine.attempt import Attempt
from triage_tui.engine.backoff import delay_s
from triage_tui.engine.board import Board
from triage_tui.engine.defects import look_problem
from triage_tui.model import Observation, State, Target
from triage_tui.sources import Look, Source
from triage_tui.sources.clock import CLOCK, Clock


class Watch:
    """Looks at one target again and again, and puts what it saw on the board.

    At most one look is in flight, and the next is scheduled when the last has ended. After a failure the wait
    grows (see backoff); after a denial there is no next look until `refresh`, since a wrong password that is tried
    every few seconds locks accounts. Everything here runs on the engine's event loop.

    open    makes the source; called when the first look begins, so that its libraries are loaded here
    draw    uniform over [0, 1)
    seen    called after every look
    """

    def __init__(
        self,
        spec: TargetSpec,
        target: Target,
        board: Board,
        *,
        open: Callable[[TargetSpec], Source],
        draw: Callable[[], float],
        seen: Callable[[Watch], None],
        clock: Clock = CLOCK,
    ) -> None:
        self.spec = spec
        self._interval_s = interval_of(spec)
        self._target = target
        self._board = board
        self._attempt = Attempt(lambda: open(spec), target, clock)
        self._draw = draw
        self._seen = seen
        self._clock = clock
        self._due = 0.0
        self._wanted = False
        self._paused = False
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        """The target's name."""
        return self.spec.name

    @property
    def source(self) -> Source | None:
        """The source; None until the first look, and where it cannot be made."""
        return self._attempt.source

    def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name=f"watch {self.name}")

    def stop(self) -> asyncio.Task[None]:
        """End. When this returns, nothing more is recorded; the task gives up the look in flight and the source.

        The task is bounded: nothing in it waits for a server.
        """
        if self._task is not None:
            self._task.cancel()
        return asyncio.get_running_loop().create_task(self._ended(), name=f"end of {self.name}")

    def refresh(self) -> None:
        """Look now, whatever the backoff, the pause or a denial say; after the look in flight, if there is one."""
        self._wanted = True
        self._woken.set()

    def pause(self, on: bool) -> None:
        """Begin no look but those that `refresh` asks for."""
        self._paused = on
        self._woken.set()

    def focus(self, subjects: Collection[str]) -> None:
        """Tell the source what the reader sees, now and whenever it is opened again."""
        self._attempt.focus(subjects)

    async def _ended(self) -> None:
        if self._task is not None:
            await asyncio.wait({self._task})
        await self._attempt.close()

    async def _run(self) -> None:
        while True:
            await self._until_due()
            self._wanted = False
            self._board.begin(self.name)
            self._due = asyncio.get_running_loop().time() + self._record(await self._attempt.look())
            self._seen(self)

    def _record(self, seen: Observation) -> float:
        """Put a look on the board. Returns the seconds until the next one."""
        source = self._attempt.source
        if source is not None:
            self._target = source.target
        try:
            entry = self._board.record(self.name, seen, self._target)
        except Exception as error:
            # What the look brought cannot be read: the same mistake as a source that raises.
            failed = Look(self._target, self._clock).failed(look_problem(error))
            entry = self._board.record(self.name, failed, self._target)
        if entry.failure is None:
            return self._interval_s
        if entry.failure.state is State.DENIED:
            return math.inf
        return delay_s(entry.failures, self._interval_s, self._draw)

    async def _until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._wanted:
            wait_s = math.inf if self._paused else self._due - loop.time()
            if wait_s <= 0:
                return
            self._woken.clear()
            timer = loop.call_later(wait_s, self._woken.set) if wait_s < math.inf else None
            try:
                await self._woken.wait()
            finally:
                if timer is not None:
                    timer.cancel()
