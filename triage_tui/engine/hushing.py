"""What is made quiet by key: at once here, and in the file that outlives this and that other programs read."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine
from functools import partial
from glob import escape
from typing import Any

from msgspec.structs import asdict

from triage_tui.config.hush import Hush, Identity, who
from triage_tui.config.hush_file import HushError, HushFile, Kept
from triage_tui.config.settings import QuietRule
from triage_tui.engine.threads import DaemonExecutor
from triage_tui.model import Picture
from triage_tui.model.finding import Key
from triage_tui.sources.clock import Clock

FOLLOW_S = 5.0
"""How often it is noticed that another program has changed the file."""

FIRST_READ_S = 2.0
"""How long looking waits for the file. A home folder on a network may not answer; then all is told."""

LAST_WRITE_S = 1.0
"""How long leaving waits for what is being written."""

Told = Callable[[str], None]
"""Takes why something lasts only as long as this program; "" where it is kept."""


class Hushing:
    """Belongs to the engine's thread; the disk is asked on another, one call after the other.

    file     None: nothing outlives this
    changed  called when other things are quiet than before
    """

    def __init__(
        self, file: HushFile | None, environment: str, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self._file = file
        self._environment = environment
        self._host = socket.gethostname()
        self._clock = clock
        self._changed = changed
        self._disk = DaemonExecutor(1, "quiet")
        self._kept = Kept()
        # What the file has not got yet, or never will.
        self._set: dict[Identity, Hush] = {}
        self._lifted: set[Identity] = set()
        self._ends: dict[Hush, float] = {}
        self._trouble = ""
        self._begun = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._writes: set[asyncio.Task[None]] = set()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not known of the file, in words."""
        return (self._trouble,) if self._trouble else self._kept.mistakes

    def rules(self, picture: Picture) -> tuple[Hush, ...]:
        """What is quiet at the instant of a picture, by key."""
        endpoints = {escape(each.target.name): each.target.endpoint for each in picture.sightings}
        return tuple(
            hush
            for hush in self._now().values()
            if hush.host == self._host
            and hush.environment == self._environment
            and endpoints.get(hush.target) == hush.endpoint
            and hush.holds(picture.wall_at)
            and self._lasts(hush, picture)
        )

    async def begin(self) -> None:
        """Read the file before anything is judged, and follow it; go on without it where it does not answer."""
        if self._file is not None:
            first = self._spawn(self._read(), self._tasks)
            await asyncio.wait([first], timeout=FIRST_READ_S)
            if not first.done():
                self._trouble = (
                    f"{self._file.path}: no answer in {FIRST_READ_S:g} s; what it keeps quiet is told"
                )
            self._begun = True
            self._spawn(self._follow(first), self._tasks)

    async def _follow(self, first: asyncio.Task[None]) -> None:
        """Notice what other programs change, until cancelled."""
        await asyncio.wait([first])
        while True:
            await asyncio.sleep(FOLLOW_S)
            await self._read()

    def add(self, rule: QuietRule, picture: Picture, told: Told) -> None:
        """Make something quiet from now on."""
        endpoint = next(
            (each.target.endpoint for each in picture.sightings if escape(each.target.name) == rule.target),
            "",
        )
        hush = Hush(
            **asdict(rule),
            host=self._host,
            environment=self._environment,
            endpoint=endpoint,
            set_at=self._clock.wall(),
            by=who(os.environ),
        )
        self._set[hush.identity] = hush
        self._lifted.discard(hush.identity)
        self._changed()
        self._spawn(self._write(told, add=(hush,)), self._writes)

    def lift(self, rule: Key, picture: Picture, told: Told) -> None:
        """Tell again what a rule that was set by key is about."""
        gone = {one.identity for one in self.rules(picture) if (one.finding, one.target, one.subject) == rule}
        for identity in gone:
            self._set.pop(identity, None)
        self._lifted |= gone
        self._changed()
        self._spawn(self._write(told, drop=frozenset(gone)), self._writes)

    async def end(self) -> None:
        """Wait a little for what is being written, and give up the rest."""
        if self._writes:
            await asyncio.wait(self._writes, timeout=LAST_WRITE_S)
        left = {*self._tasks, *self._writes}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        self._disk.shutdown()

    def _spawn(self, work: Coroutine[Any, Any, None], among: set[asyncio.Task[None]]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        among.add(task)
        task.add_done_callback(among.discard)
        return task

    def _now(self) -> dict[Identity, Hush]:
        kept = {one.identity: one for one in self._kept.hushes if one.identity not in self._lifted}
        return kept | self._set

    def _lasts(self, hush: Hush, picture: Picture) -> bool:
        """By a clock that does not jump, a snooze ends as long after it was first seen here as it was set for."""
        if hush.until is None:
            return True
        left_s = (hush.until - picture.wall_at).total_seconds()
        end = self._ends.setdefault(hush, picture.taken_at + left_s)
        return picture.taken_at < end

    async def _read(self) -> None:
        file = self._file
        if file is None:
            return
        loop = asyncio.get_running_loop()
        try:
            stamp = await loop.run_in_executor(self._disk, file.stamp)
            if stamp is not None and stamp == self._kept.stamp:
                return
            kept = await loop.run_in_executor(self._disk, file.read)
        except HushError as error:
            # What was known stays so: it is not news that a disk fails.
            self._say(f"{error}; what it keeps quiet is not known")
        else:
            self._take(kept)

    async def _write(
        self, told: Told, *, add: tuple[Hush, ...] = (), drop: frozenset[Identity] = frozenset()
    ) -> None:
        if self._file is None:
            told("there is no folder to keep it in")
            return
        change = partial(self._file.change, self._clock.wall(), add=add, drop=drop)
        try:
            kept = await asyncio.get_running_loop().run_in_executor(self._disk, change)
        except HushError as error:
            told(str(error))
            return
        for hush in add:
            if self._set.get(hush.identity) == hush:
                del self._set[hush.identity]
        self._lifted -= drop - self._set.keys()
        self._take(kept)
        told("")

    def _take(self, kept: Kept) -> None:
        same = kept.hushes == self._kept.hushes and kept.mistakes == self.notes
        self._kept, self._trouble = kept, ""
        self._ends = {hush: end for hush, end in self._ends.items() if hush in self._now().values()}
        if not same:
            self._tell()

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._tell()

    def _tell(self) -> None:
        # What was there from the beginning is told with the first look.
        if self._begun:
            self._changed()
