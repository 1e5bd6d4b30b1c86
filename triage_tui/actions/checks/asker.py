"""Asks on a thread of its own, so that whoever waits for answers goes on meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence

from triage_tui.actions.act import Reach
from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.actions.checks.runner import ask_all
from triage_tui.actions.checks.site import Site
from triage_tui.config.settings import TargetSpec
from triage_tui.engine.threads import start_loop
from triage_tui.sources import Source, open_source

Tell = Callable[[Answer], None]


class Asker:
    """One daemon thread, one round of questions at a time: a newer round ends the one before.

    open  how sources are made
    """

    def __init__(self, reach: Reach, open: Callable[[TargetSpec], Source] = open_source) -> None:
        self._reach = reach
        self._open = open
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._round: asyncio.Task[None] | None = None

    def ask(self, questions: Sequence[Question], tell: Tell, done: Callable[[], None] = lambda: None) -> None:
        """Begin a round. tell: called on the asking thread with each answer as it comes; done: at the end of a round
        that was not ended by a newer one."""
        loop = self._started()
        loop.call_soon_threadsafe(self._begin, tuple(questions), tell, done)

    def close(self) -> None:
        """End what is under way, and the thread. Waits for nobody."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(self._end, loop)

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop, self._thread = start_loop("triage-checks")
        return self._loop

    # From here on everything runs on the asking thread.

    def _begin(self, questions: tuple[Question, ...], tell: Tell, done: Callable[[], None]) -> None:
        before = self._round
        if before is not None:
            before.cancel()
        self._round = asyncio.ensure_future(self._ask(before, questions, tell, done))

    async def _ask(
        self,
        before: asyncio.Task[None] | None,
        questions: tuple[Question, ...],
        tell: Tell,
        done: Callable[[], None],
    ) -> None:
        if before is not None:
            await asyncio.wait({before})
        await ask_all(questions, Site(self._reach, open=self._open), tell)
        done()

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._round is None or self._round.done():
            loop.stop()
            return
        self._round.add_done_callback(lambda _: loop.stop())
        self._round.cancel()
