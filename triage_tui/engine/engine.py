"""The engine: watches, the board and discovery, on a thread of their own."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable, Collection
from types import TracebackType
from typing import TYPE_CHECKING

from msgspec.structs import replace

from triage_tui.config.hush_file import HushFile
from triage_tui.config.settings import QuietRule, Settings, TargetSpec, interval_of
from triage_tui.engine.bell import Bell
from triage_tui.engine.board import Board
from triage_tui.engine.defects import Defects
from triage_tui.engine.discovery import Finds, Publisher
from triage_tui.engine.entry import Entry
from triage_tui.engine.hushing import Hushing, Told
from triage_tui.engine.targets import target_of
from triage_tui.engine.threads import LOOKUP_THREADS, DaemonExecutor
from triage_tui.engine.watch import Watch
from triage_tui.model import Diagnosis, Picture
from triage_tui.model.docker import DockerData
from triage_tui.model.finding import Key
from triage_tui.sources import Source, open_source
from triage_tui.sources.clock import CLOCK, Clock

if TYPE_CHECKING:
    from triage_tui.diagnosis import Diagnostician
    from triage_tui.model.outcome import Heard

_STALE_MARGIN_S = 0.01
"""Readers are told this much after data have turned stale, not in the very instant in which they are both."""


class Engine:
    """Collects in the background; every method but the constructor may be called from any thread.

    >>> with Engine(settings) as engine:
    ...     engine.wait_first_looks(5.0)
    ...     engine.picture()

    open, clock, draw: how sources are made, where instants come from, what the jitter of backoff is drawn from
    hushes             where what is made quiet by key is kept; None: nowhere, it lasts as long as this
    """

    def __init__(
        self,
        settings: Settings,
        *,
        open: Callable[[TargetSpec], Source] = open_source,
        clock: Clock = CLOCK,
        draw: Callable[[], float] = random.random,
        hushes: HushFile | None = None,
    ) -> None:
        self._settings = settings
        self._open = open
        self._clock = clock
        self._draw = draw
        self._board = Board(settings.environment, read_only=settings.read_only, clock=clock)
        self._defects = Defects()
        self._bell = Bell(self._defects)
        self._finds = Finds(settings.targets)
        self._watches: dict[str, Watch] = {}
        self._stale_timers: dict[str, asyncio.TimerHandle] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self._focus: dict[str, tuple[str, ...]] = {}
        self._paused = False
        self._diagnostician: Diagnostician | None = None
        self._hushing = Hushing(hushes, settings.environment, clock, self._bell.ring)
        first = self._board.picture()
        self._diagnosis = Diagnosis(first.taken_at, first.wall_at)
        # The first listener: whoever is told of a change finds the diagnosis of it.
        self._bell.subscribe(self._diagnose)
        self._looked = threading.Condition()
        # Entries as of the last look whose discoveries are on the board already: who waits for looks counts by these.
        self._digested: dict[str, Entry] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event
        self._thread: threading.Thread | None = None
        for spec in settings.targets:
            self._board.add(target_of(spec), interval_of(spec))

    def start(self) -> None:
        """Begin to look, on a daemon thread. No source is made and no client library loaded before this returns."""
        if self._thread is not None:
            raise RuntimeError("an engine is started once")
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._live, args=(self._loop,), name="engine", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """Stop looking and give up connections, waiting this long at most. What is known stays readable."""
        if self._thread is not None:
            self._post(self._stopping.set)
            self._thread.join(timeout_s)

    def __enter__(self) -> Engine:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def settings(self) -> Settings:
        """What is watched, and how."""
        return self._settings

    def discovered(self) -> tuple[TargetSpec, ...]:
        """Targets that are watched because containers publish them, with the credentials that were found with them."""
        configured = {spec.name for spec in self._settings.targets}
        return tuple(watch.spec for name, watch in tuple(self._watches.items()) if name not in configured)

    @property
    def paused(self) -> bool:
        """No look begins but those that `refresh` asks for."""
        return self._paused

    @property
    def defects(self) -> tuple[str, ...]:
        """Mistakes of this program that were met while it ran, in words; empty as it should be."""
        return self._defects.words

    def picture(self) -> Picture:
        """Everything known at this instant. Cheap: it copies no data and no history."""
        return self._board.picture()

    def diagnosis(self) -> Diagnosis:
        """What the pictures so far mean, as of the latest change. It is made once for each, on the engine's thread."""
        return self._diagnosis

    def quieten(self, rule: QuietRule, told: Told = lambda why: None) -> None:
        """Do not tell what a rule is about from now on, as [[quiet]] in triage.toml does, and keep it.

        told  called on the engine's thread with "" when it is kept, else with why it lasts only as long as this
        """
        self._post(lambda: self._hushing.add(rule, self._board.picture(), told))

    def lift(self, rule: Key, told: Told = lambda why: None) -> None:
        """Tell again what a rule that was set by key is about: `Quiet.rule`. told: as above."""
        self._post(lambda: self._hushing.lift(rule, self._board.picture(), told))

    def hear(self, heard: Heard) -> None:
        """A check was answered: for a while it moves which causes are likely."""

        def now() -> None:
            if self._diagnostician is not None:
                self._diagnostician.hear(heard)
                self._bell.ring()

        self._post(now)

    def wait_diagnosis(self, enough: Callable[[Diagnosis], bool], timeout_s: float) -> bool:
        """Block until a diagnosis is enough, or the time is up (False). It is asked after every change."""
        with self._looked:
            return self._looked.wait_for(lambda: enough(self._diagnosis), timeout_s)

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` on the engine's thread when something changed, ten times a second at most.

        Data turning stale is a change. Returns a function that ends the subscription.
        """
        return self._bell.subscribe(listener)

    def refresh(self, target: str | None = None) -> None:
        """Look now, at one target or at all, whatever backoff, pause and denials say. Unknown names do nothing."""

        def now() -> None:
            for watch in self._watches.values():
                if target is None or watch.name == target:
                    watch.refresh()

        self._post(now)

    def pause(self, on: bool) -> None:
        """Stop beginning looks, or go on. Data turn stale meanwhile, as they should."""
        self._paused = on

        def now() -> None:
            for watch in self._watches.values():
                watch.pause(on)
            self._bell.ring()

        self._post(now)

    def focus(self, target: str, subjects: Collection[str]) -> None:
        """Tell a target's source which of its subjects (containers, queues, …) the reader sees."""
        self._focus[target] = tuple(subjects)

        def now() -> None:
            if target in self._watches:
                self._guarded(lambda: self._watches[target].focus(self._focus[target]))

        self._post(now)

    def wait_first_looks(self, timeout_s: float) -> bool:
        """Block until a look at every target has ended, those discovered by then included. False: the time was up."""
        return self._wait(lambda entry: entry.looks > 0, timeout_s)

    def wait_second_looks(self, timeout_s: float) -> bool:
        """Likewise until rates are known: two looks have ended, or the latest one failed."""
        return self._wait(lambda entry: entry.looks > 1 or entry.failure is not None, timeout_s)

    def _wait(self, enough: Callable[[Entry], bool], timeout_s: float) -> bool:
        def all_had_enough() -> bool:
            digested = (self._digested.get(name) for name in self._board.entries)
            return all(entry is not None and enough(entry) for entry in digested)

        with self._looked:
            return self._looked.wait_for(all_had_enough, timeout_s)

    def _post(self, call: Callable[[], object]) -> None:
        """Run something on the engine's thread; nothing happens before the start and after the stop."""
        if self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(call)
            except RuntimeError:
                # The loop has been closed: there is nothing left that this could apply to.
                return

    # From here on everything runs on the engine's thread.

    def _live(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.set_default_executor(DaemonExecutor(LOOKUP_THREADS, "lookup"))
        loop.set_exception_handler(self._defects.handle)
        try:
            loop.run_until_complete(self._until_stopped())
        finally:
            loop.close()

    async def _until_stopped(self) -> None:
        await self._hushing.begin()
        for spec in self._settings.targets:
            self._watch(spec)
        await self._stopping.wait()
        for name in list(self._watches):
            self._unwatch(name)
        await self._hushing.end()
        if self._endings:
            await asyncio.wait(self._endings)

    def _watch(self, spec: TargetSpec) -> None:
        watch = Watch(
            spec,
            self._board.entries[spec.name].target,
            self._board,
            open=self._open,
            draw=self._draw,
            seen=self._seen,
            clock=self._clock,
        )
        self._watches[spec.name] = watch
        watch.pause(self._paused)
        if spec.name in self._focus:
            watch.focus(self._focus[spec.name])
        watch.start()

    def _unwatch(self, name: str) -> None:
        ending = self._watches.pop(name).stop()
        self._digested.pop(name, None)
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)
        timer = self._stale_timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _seen(self, watch: Watch) -> None:
        entry = self._board.entries[watch.name]
        self._guarded(lambda: self._discover(watch, entry))
        if entry.failure is None:
            self._tell_when_stale(entry)
        self._bell.ring()
        with self._looked:
            self._digested[watch.name] = entry
            self._looked.notify_all()

    def _diagnose(self) -> None:
        if self._diagnostician is None:
            # The rules are loaded when there is something to judge: the first paint does not wait for them.
            from triage_tui.diagnosis import Diagnostician

            self._diagnostician = Diagnostician(self._settings.thresholds, holds=self._settings.holds)
        picture = self._board.picture()
        self._diagnostician.quiet = (*self._settings.quiet, *self._hushing.rules(picture))
        self._diagnosis = replace(self._diagnostician.see(picture), notes=self._hushing.notes)
        for defect in self._diagnostician.defects:
            self._defects.add(defect)
        with self._looked:
            self._looked.notify_all()

    def _tell_when_stale(self, entry: Entry) -> None:
        timer = self._stale_timers.pop(entry.target.name, None)
        if timer is not None:
            timer.cancel()
        self._stale_timers[entry.target.name] = asyncio.get_running_loop().call_later(
            entry.fresh_for_s + _STALE_MARGIN_S, self._bell.ring
        )

    def _discover(self, watch: Watch, entry: Entry) -> None:
        source: object = watch.source
        if not self._settings.discover or not isinstance(source, Publisher):
            return
        if entry.failure is not None or not isinstance(entry.data, DockerData):
            return
        containers = {container.name for container in entry.data.containers}
        change = self._finds.after_look(watch.name, source.published(), containers)
        for name in change.gone:
            self._unwatch(name)
            self._board.remove(name)
        for spec in change.new:
            self._board.add(target_of(spec), interval_of(spec))
            self._watch(spec)

    def _guarded(self, call: Callable[[], object]) -> None:
        """A mistake in one step of ours is kept in words, and the engine goes on."""
        try:
            call()
        except Exception as error:
            self._defects.add(error)
