"""The tour goes from screen to screen by itself, fits narrow ones, and gives way to the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.ui.cockpit import NARROW, StillEngine
from tests.ui.pictures import picture
from triage_tui.config.settings import Settings
from triage_tui.ui.app import TriageApp
from triage_tui.ui.palette import Palette
from triage_tui.ui.tour import STOPS, Stop, Tour


class _Clock:
    """Timers that go off when they are told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def after(self, _seconds: float, call: Callable[[], None]) -> Any:
        self.waiting.append(call)
        return self

    def stop(self) -> None:
        self.waiting.clear()

    def tick(self) -> None:
        self.waiting.pop(0)()


def test_it_shows_every_stop_once_and_then_is_done() -> None:
    clock, shown, done = _Clock(), [], []
    tour = Tour(shown.append, clock.after, lambda: done.append(True))
    tour.go_on()
    while clock.waiting:
        assert tour.goes_on
        clock.tick()
    assert shown == list(STOPS)
    assert done == [True]
    assert not tour.goes_on


def test_one_that_was_ended_says_no_more() -> None:
    clock, shown, done = _Clock(), [], []
    tour = Tour(shown.append, clock.after, lambda: done.append(True))
    tour.go_on()
    tour.end()
    tour.end()
    assert (shown, done, clock.waiting) == ([STOPS[0]], [True], [])


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.caption[:12])
def test_every_caption_fits_a_narrow_screen(stop: Stop) -> None:
    assert len(stop.caption) <= NARROW[0] - 2


async def test_a_key_ends_it_and_does_what_it_does() -> None:
    app = TriageApp(StillEngine(picture()), Settings("lab", False, ()), Palette(1 << 24), tour=True)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause()
        assert STOPS[0].caption in _text(app)
        await pilot.press("question_mark")
        await pilot.pause()
        assert len(app.screen_stack) == 2
        await pilot.press("escape")
        await pilot.pause()
        assert STOPS[0].caption not in _text(app)


def _text(app: TriageApp) -> str:
    return app.export_screenshot().replace("&#160;", " ").replace("\xa0", " ")
