"""This machine, and a permit that can be taken away."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime

from triage_tui.actions.act import Danger, Identity, Order, Preview, Refused, Result
from triage_tui.actions.process import ACTIONS
from triage_tui.config.settings import HostSpec, Settings, TargetSpec
from triage_tui.model import Picture


class Machine:
    """Plans and sends signals, as the guard would. asked: how often the permit was."""

    def __init__(self) -> None:
        self.settings = Settings("test", False, (HostSpec(),))
        self.allowed = True
        self.asked = 0

    def spec(self, target: str) -> TargetSpec:
        return self.settings.targets[0]

    def picture(self) -> Picture:
        return Picture(0.0, datetime.now(UTC), "test", False, ())

    def check(self) -> None:
        if not self.allowed:
            raise Refused("read-only", "nothing may be changed")
        self.asked += 1

    async def plan(
        self, pid: object, *, signal: str | None = None, pinned: Identity | None = None
    ) -> Preview:
        parameters = {} if signal is None else {"signal": signal}
        preview = await ACTIONS[0].plan(Order("process.signal", "host", str(pid), parameters, pinned), self)
        assert (preview.undo is None) == (preview.danger is Danger.FINAL)
        return preview

    async def run(self, preview: Preview) -> Result:
        return await ACTIONS[0].run(preview, self, self, lambda _: None)


async def refused(work: Awaitable[object]) -> Refused:
    """The refusal that something must come to."""
    try:
        await work
    except Refused as error:
        return error
    raise AssertionError("it was not refused")
