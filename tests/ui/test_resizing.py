"""Sizes that come faster than they can be laid out."""

from __future__ import annotations

from textual import events
from textual.geometry import Size

from tests.ui.cockpit import NARROW, WIDE, cockpit


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
