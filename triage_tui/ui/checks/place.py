"""The place of the answers on the screen: made when something is first asked, shown, told, hidden."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen
from textual.widget import Widget

from triage_tui.ui.palette import Palette

if TYPE_CHECKING:
    from triage_tui.actions.checks.answer import Answer, Question
    from triage_tui.ui.checks.panel import Panel

Ask = Callable[["Sequence[Question]", "Callable[[Answer], None]", Callable[[], None]], None]
"""Asks on another thread; tells each answer there, and the end of the round."""


class Place:
    """No start has to wait for what checks need.

    ask   on another thread
    post  runs something on the screen's thread
    """

    def __init__(
        self, screen: Screen[None], palette: Palette, ask: Ask, post: Callable[[Callable[[], None]], None]
    ) -> None:
        self._screen = screen
        self._palette = palette
        self._ask = ask
        self._post = post
        self._panel: Panel | None = None
        self._behind: Widget | None = None
        self._round = 0

    @property
    def is_shown(self) -> bool:
        """Answers are on the screen."""
        return self._panel is not None and self._panel.display

    @property
    def has_focus(self) -> bool:
        """Answers have the keys."""
        return self._panel is not None and self._panel.has_focus_within

    async def ask(self, about: str, questions: Sequence[Question], below: Widget) -> None:
        """Show a round of questions, and ask them. below: what the answers stand above."""
        if self._panel is None:
            from triage_tui.ui.checks.panel import Panel

            self._panel = Panel(self._palette)
            await self._screen.mount(self._panel, before=below)
        panel = self._panel
        if not panel.has_focus_within:
            self._behind = self._screen.focused
        panel.display = True
        distinct = tuple({one.key: one for one in questions}.values())
        panel.begin(about, distinct)
        panel.focus()
        self._round += 1
        number = self._round
        if distinct:
            self._ask(
                distinct,
                lambda answer: self._tell(number, lambda: panel.answered(answer)),
                lambda: self._tell(number, panel.ended),
            )

    def tell(self) -> None:
        """Time has passed."""
        if self._panel is not None and self._panel.display:
            self._panel.draw()

    def close(self, otherwise: Widget) -> None:
        """Hide the answers; the keys go back to where they were."""
        if self._panel is None or not self._panel.display:
            return
        self._round += 1
        had_keys = self._panel.has_focus_within
        self._panel.display = False
        if had_keys:
            behind = self._behind
            usable = behind is not None and behind.is_attached and behind.display
            self._screen.set_focus(behind if usable else otherwise)

    def _tell(self, number: int, work: Callable[[], None]) -> None:
        """On the screen's thread, unless a newer round has begun."""

        def if_wanted() -> None:
            if number == self._round:
                work()

        try:
            self._post(if_wanted)
        except RuntimeError:
            # The screen's loop is closed: nobody reads the answer.
            return
