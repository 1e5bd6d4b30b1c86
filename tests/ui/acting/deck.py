"""A cockpit from which things may be changed, on pictures of real processes and containers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from tests.ui.cockpit import WIDE, Cockpit
from tests.ui.pictures import StillEngine, host_data, picture, sighting
from triage_tui.actions.audit import AuditLog
from triage_tui.config.settings import CommandSpec, Settings, TargetSpec
from triage_tui.model import Kind, Picture, Sighting
from triage_tui.model.host import Process
from triage_tui.ui.acting.asking import Asking
from triage_tui.ui.acting.doing import Doing
from triage_tui.ui.app import TriageApp
from triage_tui.ui.guides.desk import Desk
from triage_tui.ui.palette import Palette

WITHIN_S = 60.0
SELDOM_S = 600.0
"""An interval that no slow machine makes stale."""


def now(
    *sightings: Sighting, age_s: float = 1.0, read_only: bool = False, environment: str = "staging"
) -> Picture:
    """A picture that was taken just now."""
    aged = [replace(one, age_s=age_s) for one in sightings]
    made = picture(aged, read_only=read_only, environment=environment)
    return replace(made, taken_at=time.monotonic())


def host_of(*processes: Process) -> Sighting:
    return sighting(Kind.HOST, "host", "here", replace(host_data(), processes=processes))


def process_of(pid: int, name: str = "python", cpu_percent: float = 10.0) -> Process:
    """As our own source sees it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Process(pid, name, "somebody", cpu_percent, 2**20, name, started=float(fields[19]))


class Deck(Cockpit):
    """See Cockpit. log: the audit."""

    log: AuditLog

    @property
    def asking(self) -> Asking | None:
        """The question on the screen."""
        top = self.app.screen
        return top if isinstance(top, Asking) else None

    @property
    def doings(self) -> Sequence[Doing]:
        return self.app._hand.acting.doings

    async def until(self, what: str, condition: Callable[[], bool]) -> None:
        """Wait for it; fails with the screen where it does not come."""
        end = time.monotonic() + WITHIN_S
        while not condition():
            assert time.monotonic() < end, f"{what}:\n{self.text}"
            await asyncio.sleep(0.02)
        await self.settle()

    async def asked(self) -> Asking:
        """Until the question is known and painted."""
        await self.until("a question", lambda: self.asking is not None and self.asking.question is not None)
        assert self.asking is not None
        return self.asking

    async def over(self) -> Doing:
        """Until the latest run is over."""
        await self.until(
            "the end of a run", lambda: bool(self.doings) and self.doings[-1].over_at is not None
        )
        return self.doings[-1]

    @property
    def records(self) -> list[str]:
        """What the audit holds: intent, result, …"""
        return [record.what for record in self.log.records()] if self.log.path.exists() else []


@asynccontextmanager
async def deck(
    shown: Picture,
    state: Path,
    *targets: TargetSpec,
    read_only: bool = False,
    can_be_lifted: bool = True,
    commands: tuple[CommandSpec, ...] = (),
    size: tuple[int, int] = WIDE,
) -> AsyncIterator[Deck]:
    """An app that runs on a picture; its environment is the picture's. state: XDG_STATE_HOME."""
    engine = StillEngine(shown)
    settings = Settings(
        shown.environment, read_only, targets, read_only_can_be_lifted=can_be_lifted, commands=commands
    )
    app = TriageApp(engine, settings, Palette(1 << 24), desk=Desk(lambda: (), None))
    async with app.run_test(size=size) as pilot:
        opened = Deck(app, engine, pilot)
        opened.log = AuditLog(state / "triage-tui")
        await opened.settle()
        yield opened
