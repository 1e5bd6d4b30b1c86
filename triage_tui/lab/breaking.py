"""The faults that are there now: caused, counted, undone."""

from __future__ import annotations

import random
import secrets
import time
from contextlib import AbstractAsyncContextManager

from msgspec import Struct

from triage_tui.config.errors import did_you_mean
from triage_tui.lab.company.company import Company
from triage_tui.lab.control import Truth
from triage_tui.lab.drill import Drill, Place

SEEDS = 1_000_000


class BreakingError(Exception):
    """It was not done; the message says why, for people."""


class Fault(Struct):
    """One that is there. undo: what is left to undo it; since: monotonic."""

    drill: Drill
    seed: int
    place: Place
    since: float
    undo: AbstractAsyncContextManager[Place]

    def truth(self) -> Truth:
        """All that is to be found out about it."""
        drill = self.drill
        return Truth(
            drill=drill.id,
            title=drill.title,
            seed=self.seed,
            finding=drill.finding,
            guide=self.place.guide or drill.guide,
            visible_within_s=drill.visible_within_s,
            place=self.place,
            age_s=round(time.monotonic() - self.since, 1),
        )


class Breaking:
    """Causes drills in one company, one at a time each."""

    def __init__(self, company: Company, drills: dict[str, Drill]) -> None:
        self._company = company
        self._drills = drills
        self._faults: dict[str, Fault] = {}

    @property
    def truths(self) -> tuple[Truth, ...]:
        """Of all faults, the oldest first."""
        return tuple(fault.truth() for fault in self._faults.values())

    async def cause(self, name: str | None, seed: int | None) -> Truth:
        """Break something; None for any that is possible here. Raises BreakingError."""
        seed = secrets.randbelow(SEEDS) if seed is None else seed
        dice = random.Random(f"{seed}")
        drill = self._choose(dice) if name is None else self._find(name)
        if drill.id in self._faults:
            raise BreakingError(f"`{drill.id}` is broken already: triage lab mend {drill.id}")
        lacks = drill.lacks()
        if lacks is not None:
            raise BreakingError(f"`{drill.id}` cannot be caused here: {lacks}")
        # So that the same seed has other places in other drills.
        undo = drill.cause(self._company, random.Random(f"{seed} {drill.id}"))
        try:
            place = await undo.__aenter__()
        except Exception as error:
            # Half a fault is none that anybody can practise on.
            await self._company.restore_all()
            raise BreakingError(
                f"`{drill.id}` could not be caused: {type(error).__name__}: {error}"
            ) from error
        fault = Fault(drill, seed, place, time.monotonic(), undo)
        self._faults[drill.id] = fault
        return fault.truth()

    async def mend(self, name: str | None) -> tuple[str, ...]:
        """Undo one, or all. Returns which. Raises BreakingError where it is not broken."""
        if name is not None and self._find(name).id not in self._faults:
            raise BreakingError(f"`{name}` is not broken")
        mended = [name] if name is not None else list(reversed(self._faults))
        for each in mended:
            fault = self._faults.pop(each)
            await fault.undo.__aexit__(None, None, None)
        return tuple(mended)

    def _choose(self, dice: random.Random) -> Drill:
        possible = [
            drill for drill in self._drills.values() if drill.id not in self._faults and not drill.lacks()
        ]
        if not possible:
            raise BreakingError("everything that can be broken here is broken: triage lab mend")
        return dice.choice(possible)

    def _find(self, name: str) -> Drill:
        drill = self._drills.get(name)
        if drill is None:
            raise BreakingError(f"no drill `{name}`{did_you_mean(name, self._drills)}")
        return drill
