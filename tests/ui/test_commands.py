"""The palette of commands."""

from __future__ import annotations

from tests.ui.cockpit import cockpit
from triage_tui.ui.commands import Commands


async def test_a_palette_that_is_closed_while_it_is_busy_ends_nothing() -> None:
    """Its own search goes on for a moment after its widgets have gone."""
    async with cockpit() as one:
        await one.press("colon")
        palette = one.app.screen
        assert isinstance(palette, Commands)
        await palette.query("*").remove()
        palette._show_busy = not palette._show_busy
        palette._list_visible = not palette._list_visible
        await one.pilot.pause()
        assert one.app._exception is None
