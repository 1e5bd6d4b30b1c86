"""Plans and runs on a thread of its own with a loop of its own, so that the screen never waits for a server."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.actions.act import Came, Order, Preview, Refused, Result
from triage_tui.actions.audit import AuditError, AuditLog
from triage_tui.actions.audit.content import seen_of
from triage_tui.actions.audit.runs import Run, runs_of
from triage_tui.actions.following import follow, seen_now
from triage_tui.actions.guard import Confirmation
from triage_tui.actions.history import History, history
from triage_tui.actions.perform import Performer
from triage_tui.engine.threads import start_loop
from triage_tui.sources.clock import steady
from triage_tui.text import safe
from triage_tui.ui.acting.doing import Doing
from triage_tui.ui.collects import Collects

LAST_WORDS_S = 1.0
"""How long the end of the program waits until what is left under way has been written down as unknown."""


class Planned(Struct, frozen=True):
    """What an order would do, what has to be typed, and how often it helped before."""

    preview: Preview
    confirmation: Confirmation | None
    history: History


class Doer:
    """One daemon thread, which begins with the first order. Callbacks are called on it."""

    def __init__(self, performer: Performer, log: AuditLog, engine: Collects) -> None:
        self._performer = performer
        self._log = log
        self._engine = engine
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._runs = 0

    def plan(self, order: Order, tell: Callable[[Planned | Refused], None]) -> None:
        """Read what an order would do."""
        self._start(self._plan(order, tell))

    def run(self, preview: Preview, typed: str | None, tell: Callable[[Doing], None]) -> None:
        """Do it once, and tell how far it is."""
        self._runs += 1
        purge = preview.order.parameters.get("purge", "") if preview.order.action == "queue.purge" else ""
        doing = Doing(self._runs, preview.title, steady(), purge=purge)
        self._start(self._run(doing, preview, typed, tell), doing.number)

    def leave(self, number: int) -> None:
        """End one that is under way. What was sent is not taken back; nothing further is sent."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leave, number)

    def past(self, tell: Callable[[tuple[Run, ...] | AuditError], None]) -> None:
        """Read what was done before, the oldest first."""
        self._start(self._past(tell))

    def seen(self, runs: Iterable[str]) -> None:
        """Write down that somebody was told of these."""
        self._start(self._seen(tuple(runs)))

    def close(self) -> None:
        """Leave what is under way: it is written down as unknown, what was sent is not taken back."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        loop.call_soon_threadsafe(self._end, loop)
        self._thread.join(LAST_WORDS_S)

    def _start(self, work: Coroutine[Any, Any, None], number: int | None = None) -> None:
        if self._loop is None:
            self._loop, self._thread = start_loop("triage-actions")
        self._loop.call_soon_threadsafe(self._begin, work, number)

    # From here on everything runs on the acting thread.

    def _begin(self, work: Coroutine[Any, Any, None], number: int | None) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        if number is not None:
            self._under_way[number] = task
            task.add_done_callback(lambda _: self._under_way.pop(number))

    def _leave(self, number: int) -> None:
        task = self._under_way.get(number)
        if task is not None:
            task.cancel()

    async def _past(self, tell: Callable[[tuple[Run, ...] | AuditError], None]) -> None:
        try:
            records = await asyncio.get_running_loop().run_in_executor(None, self._log.records)
        except AuditError as error:
            tell(error)
        else:
            tell(runs_of(records))

    async def _seen(self, runs: tuple[str, ...]) -> None:
        with contextlib.suppress(Refused):
            # Where it cannot be written it is told again at the next start.
            for run in runs:
                await self._performer.note(seen_of(run))

    async def _plan(self, order: Order, tell: Callable[[Planned | Refused], None]) -> None:
        try:
            preview = await self._performer.plan(order)
            told = History()
            if order.finding is not None:
                told = await asyncio.get_running_loop().run_in_executor(None, self._history, order)
            tell(Planned(preview, self._performer.confirmation(preview), told))
        except Refused as refused:
            tell(refused)
        except Exception as error:
            # A defect of ours while only reading: the reader is told, and nothing has been sent.
            words = safe(f"{type(error).__name__}: {error}", limit=300)
            tell(Refused("defect", f"what it would do cannot be told: {words}", "Nothing was sent."))

    def _history(self, order: Order) -> History:
        if order.finding is None:
            return History()
        try:
            return history(runs_of(self._log.records()), order.action, order.finding[0])
        except AuditError:
            # Where the audit cannot be read nothing can be done either: the run tells why.
            return History()

    async def _run(
        self, doing: Doing, preview: Preview, typed: str | None, tell: Callable[[Doing], None]
    ) -> None:
        def progress(said: str) -> None:
            nonlocal doing
            doing = replace(doing, waits_for=said)
            tell(doing)

        tell(doing)
        finding = preview.order.finding
        try:
            before = seen_now(self._engine, finding) if finding is not None else None
            run, result = await self._performer.run_known(preview, typed, progress)
            self._engine.refresh(preview.order.target)
            watched = finding is not None and before is not None and result.came in (Came.DONE, Came.UNKNOWN)
            doing = replace(doing, result=result, waits_for="", over_at=None if watched else steady())
            tell(doing)
            if finding is not None and before is not None and watched and run:
                judgement = await follow(self._engine, self._performer, run, finding, before, progress)
                doing = replace(doing, judgement=judgement)
        except asyncio.CancelledError:
            left = Result(Came.UNKNOWN, "left while it was under way; what was sent is not taken back")
            said = "nobody watches any more whether it helps" if doing.result is not None else ""
            doing = replace(doing, result=doing.result or left, waits_for=said)
        except Refused as refused:
            doing = replace(doing, waits_for=f"the verdict is not written down: {refused.message}")
        except Exception as error:
            words = safe(f"{type(error).__name__}: {error}", limit=300)
            broken = Result(Came.UNKNOWN, f"it broke off: {words}", ("Look before you try again.",))
            doing = replace(doing, result=doing.result or broken, waits_for=words)
        if doing.over_at is None:
            doing = replace(doing, over_at=steady())
            tell(doing)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        left = asyncio.gather(*self._tasks, return_exceptions=True)
        for task in self._tasks:
            task.cancel()
        left.add_done_callback(lambda _: loop.stop())
