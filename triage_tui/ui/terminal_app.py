"""An app on a terminal: its colours, its driver, its size, its clipboard, and how it leaves in order."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

from rich.text import Text
from textual.app import App
from textual.driver import Driver
from textual.events import Resize
from textual.filter import LineFilter, Monochrome, NoColor

from triage_tui.ui.crash import crash_report
from triage_tui.ui.palette import THEME, Palette
from triage_tui.ui.scrub import Scrub
from triage_tui.ui.terminal.choice import driver_for
from triage_tui.ui.terminal_life import TerminalLife

RESIZED_WITHIN_S = 0.05
"""When screens are told of another size at the latest."""


class TerminalApp(App[int]):
    """What holds for every screen that is shown on a terminal, whatever it shows."""

    def __init__(self, palette: Palette) -> None:
        # Sixteen colours or none: the terminal's own colours and background, no approximations of ours.
        super().__init__(ansi_color=palette.colours <= 16)
        self.animation_level = "none"
        # Before anything is mounted: a theme that changes later is a second styling, layout and paint of everything.
        self.register_theme(THEME)
        self.theme = THEME.name
        self.stylesheet.set_variables(self.get_css_variables())
        self.set_class(palette.colours <= 16, "-plain")
        self._palette = palette
        self._scrub = Scrub(unicode=palette.unicode)
        self._life = TerminalLife(self._leave)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own filters, and the scrubbing one last."""
        # Textual takes colours away for an empty NO_COLOR too, which says nothing (no-color.org).
        own = [
            one for one in super().get_line_filters() if not (self._palette.colours and _takes_colour(one))
        ]
        return [*own, self._scrub]

    def get_driver_class(self) -> type[Driver]:
        """The replica in front of a terminal; Textual's own choice for browsers, tests and where it is asked for."""
        return driver_for(super().get_driver_class())

    def _build_driver(
        self, headless: bool, inline: bool, mouse: bool, size: tuple[int, int] | None
    ) -> Driver:
        """Textual's own; signals are heard before the terminal is changed, so that it is always put back."""
        driver = super()._build_driver(headless, inline, mouse, size)
        if not driver.is_headless and not driver.is_web:
            self._life.start()
        return driver

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, by the driver's own way where frames cannot reach the clipboard."""
        copy = getattr(self._driver, "copy", None)
        if copy is not None:
            copy(text)
        else:
            super().copy_to_clipboard(text)

    def set_title(self, title: str) -> None:
        """Name the terminal's window, where the driver can."""
        set_title = getattr(self._driver, "set_title", None)
        if set_title is not None:
            set_title(title)

    def on_resize(self, _event: Resize) -> None:
        """Make sure that screens hear of it.

        Textual tells them by a timer of 8 ms, which ends without a word where the process is held up for as long
        between two of its statements; from then on it waits for that timer, and no size is ever laid out again.
        """
        asyncio.get_running_loop().call_later(RESIZED_WITHIN_S, self._check_resize)

    def _fatal_error(self) -> None:
        """Leave a short report instead of Textual's traceback, which prints every local variable."""
        error = self._exception or sys.exc_info()[1]
        if error is not None:
            self._exit_renderables.append(Text(crash_report(error)))
        self._close_messages_no_wait()

    def _leave(self, code: int) -> None:
        self.exit(code, return_code=code)


def _takes_colour(line_filter: LineFilter) -> bool:
    return isinstance(line_filter, (Monochrome, NoColor))
