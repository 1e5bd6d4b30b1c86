"""The cockpit's hand: what it needs for acting is loaded when something is first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.app import App

from triage_tui.config.settings import CommandSpec, Settings
from triage_tui.model import Picture
from triage_tui.ui.cells import Line
from triage_tui.ui.collects import Collects
from triage_tui.ui.palette import Palette

if TYPE_CHECKING:
    from triage_tui.actions.act import Order
    from triage_tui.ui.acting.acting import Acting


class Hand:
    """No start has to wait for what acting needs.

    post     runs something on the screen's thread
    changed  what is under way, or whether all is read-only, is different now
    note     says something in the bar
    """

    def __init__(
        self,
        app: App[Any],
        palette: Palette,
        engine: Collects,
        settings: Settings,
        post: Callable[[Callable[[], None]], None],
        changed: Callable[[], None],
        note: Callable[[str], None],
    ) -> None:
        self._parts = app, palette, engine, settings, post, changed
        self._made: Acting | None = None
        self.note = note

    @property
    def acting(self) -> Acting:
        """Who acts."""
        if self._made is None:
            from triage_tui.ui.acting.acting import Acting

            self._made = Acting(*self._parts)
        return self._made

    @property
    def purges(self) -> Mapping[tuple[str, str], str]:
        """What can be put back."""
        return self._made.purges if self._made is not None else {}

    def begin(self, order: Order) -> None:
        """Ask about an order."""
        self.acting.begin(order)

    def begin_command(self, spec: CommandSpec) -> None:
        """Ask about a command of the team's own."""
        from triage_tui.actions.act import Order

        self.begin(Order(f"command.{spec.name}", spec.name))

    def look_back(self) -> None:
        """Tell what an earlier session left open, where anything was ever done from here."""
        from triage_tui.actions.audit.place import LOG
        from triage_tui.config.state import state_folder

        if os.path.exists(state_folder(os.environ) / LOG):  # noqa: PTH110  Path.exists raises where it may not look
            self.acting.look_back()

    def guarded(self, picture: Picture) -> Picture:
        """The picture, with what may be changed as of now."""
        if self._made is None or self._made.read_only == picture.read_only:
            return picture
        return replace(picture, read_only=self._made.read_only)

    def lines(self, width: int) -> list[Line]:
        """What is under way, or was."""
        return self._made.lines(width) if self._made is not None else []

    def close(self) -> None:
        """Leave what is under way."""
        if self._made is not None:
            self._made.close()
