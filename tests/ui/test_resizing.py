"""Sizes that come faster than they can be laid out."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest
from textual import events, timer
from textual.geometry import Size

from tests.ui.cockpit import NARROW, WAIT_S, WIDE, Cockpit, cockpit


async def test_two_sizes_do_not_chase_each_other() -> None:
    """A screen that has laid out a size tells itself of it, behind the news of the next one."""
    async with cockpit(size=WIDE) as one:
        screen = one.app.screen
        laid_out: list[Size] = []
        lay_out = screen._screen_resized

        def counting(size: Size) -> None:
            laid_out.append(size)
            assert len(laid_out) < 20, "laid out again and again"
            lay_out(size)

        screen._screen_resized = counting  # type: ignore[method-assign]
        for size in (NARROW, WIDE) * 2:
            screen.post_message(events.Resize(Size(*size), Size(*size)))
            # Between two that wait, one takes the other's place.
            screen.call_later(lambda: None)
        await one.settle()
        assert set(laid_out) <= {Size(*WIDE)}
        assert screen.size == WIDE


async def test_a_size_is_not_lost_where_the_process_is_held_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine more time passes between two statements than a short timer has."""
    async with cockpit(size=WIDE) as one:
        clock = count(timer._time.get_time(), 0.02)
        with monkeypatch.context() as held_up:
            held_up.setattr(timer._time, "get_time", lambda: next(clock))
            one.app.post_message(events.Resize(Size(*NARROW), Size(*NARROW)))
            async with asyncio.timeout(WAIT_S):
                while width_of_bar(one) != NARROW[0]:
                    await asyncio.sleep(0.01)
        await one.pilot.resize_terminal(*WIDE)
        async with asyncio.timeout(WAIT_S):
            while width_of_bar(one) != WIDE[0]:
                await asyncio.sleep(0.01)


def width_of_bar(one: Cockpit) -> int:
    """As it is laid out. A screen itself says at once what the terminal has."""
    return one.overview.query_one("#bar").size.width
