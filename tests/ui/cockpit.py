"""The app without a terminal, on pictures made by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen

from tests.ui.pictures import StillEngine, picture
from triage_tui.config.settings import ScreenSettings, Settings
from triage_tui.model import Diagnosis, Picture
from triage_tui.ui.app import TriageApp
from triage_tui.ui.guides.desk import Desk
from triage_tui.ui.overview import Overview
from triage_tui.ui.palette import Palette
from triage_tui.ui.pane import Pane

WIDE = (140, 45)
NARROW = (80, 24)
WAIT_S = 10.0


class Cockpit:
    """An app that runs, its engine, and what it wrote.

    written  what the compositor has sent to the driver since the last `forget`
    """

    def __init__(self, app: TriageApp, engine: StillEngine, pilot: Pilot[int]) -> None:
        self.app, self.engine, self.pilot = app, engine, pilot
        self.written = written_by(app)

    @property
    def overview(self) -> Overview:
        """The first screen, also while another stands before it."""
        found = self.app.screen_stack[0]
        assert isinstance(found, Overview)
        return found

    def pane(self, kind: str) -> Pane:
        """A pane by the kind of its targets."""
        return next(pane for pane in self.overview.panes if pane.face.kind.value == kind)

    @property
    def lines(self) -> list[str]:
        """The rows of the screen."""
        return screen_lines(self.app)

    @property
    def text(self) -> str:
        """The whole screen."""
        return "\n".join(self.lines)

    def forget(self) -> None:
        """Forget what was written."""
        self.written.clear()

    async def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until the screen shows what they did."""
        for key in keys:
            await self.pilot.press(key)
        await self.settle()

    async def show(self, shown: Picture, meaning: Diagnosis | None = None) -> None:
        """The engine has a new picture, which may mean something else."""
        self.engine.show(shown, meaning)
        await self.settle()

    async def settle(self) -> None:
        """Until all messages have been handled and painted; what follows a paint is handled in the next round."""
        for _ in range(2):
            await self.pilot.pause()
            await painted(self.app)


def screen_lines(app: App[Any]) -> list[str]:
    """The rows of an app's screen as they are composed."""
    return [strip.text for strip in app.screen._compositor.render_strips(app.size)]


def written_by(app: App[Any]) -> list[str]:
    """What the compositor makes from now on, as it goes to a driver."""
    written: list[str] = []
    display = app._display

    def spy(screen: Screen[Any], renderable: RenderableType | None) -> None:
        if isinstance(renderable, CompositorUpdate):
            written.append(renderable.render_segments(app.console))
        display(screen, renderable)

    app._display = spy  # type: ignore[method-assign]
    return written


async def painted(app: App[Any]) -> None:
    """Until the screen shows what its widgets want to show."""
    done = asyncio.Event()
    app.screen.call_after_refresh(done.set)
    await asyncio.wait_for(done.wait(), WAIT_S)


def app_on(
    shown: Picture | None = None,
    palette: Palette | None = None,
    guides: Sequence[Path] = (),
    meaning: Diagnosis | None = None,
    screen: ScreenSettings | None = None,
) -> tuple[TriageApp, StillEngine]:
    """An app on a picture; the incident where none is given. guides: folders; none, not even those that ship."""
    engine = StillEngine(picture() if shown is None else shown, meaning)
    desk = Desk(lambda: guides, None)
    settings = Settings("prod", True, (), screen=screen or ScreenSettings())
    return TriageApp(engine, settings, palette or Palette(1 << 24), desk=desk), engine


@asynccontextmanager
async def cockpit(
    shown: Picture | None = None,
    size: tuple[int, int] = WIDE,
    palette: Palette | None = None,
    guides: Sequence[Path] = (),
    meaning: Diagnosis | None = None,
    screen: ScreenSettings | None = None,
) -> AsyncIterator[Cockpit]:
    """An app that runs on a picture."""
    app, engine = app_on(shown, palette, guides, meaning, screen)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        opened = Cockpit(app, engine, pilot)
        await opened.settle()
        opened.forget()
        yield opened
