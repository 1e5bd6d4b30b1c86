"""Textual's command palette, made to survive being closed while it is busy."""

from __future__ import annotations

from textual.command import CommandPalette


class Commands(CommandPalette):
    """Its watchers look for widgets that are gone when Esc was quicker than the search for commands.

    Textual would take that for a defect of the app and end it.
    """

    def _watch__list_visible(self) -> None:
        if self._is_whole:
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if self._is_whole:
            await super()._watch__show_busy()

    @property
    def _is_whole(self) -> bool:
        return all(self.query(name) for name in ("CommandList", "LoadingIndicator", "#--input"))
