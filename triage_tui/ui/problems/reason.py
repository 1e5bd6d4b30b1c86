"""The line in which a reader says why a finding need not be told."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from triage_tui.model import Finding


class Reason(Input):
    """Enter gives the reason, Esc goes back without one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Back", show=False)]

    class Given(Message):
        """The reader has said why; empty where they have thought better of it."""

        def __init__(self, finding: Finding | None, reason: str) -> None:
            super().__init__()
            self.finding = finding
            self.reason = reason

    def __init__(self) -> None:
        super().__init__(
            placeholder="why is this known? Enter keeps it quiet, Esc goes back", id="reason", compact=True
        )
        self.cursor_blink = False
        self.display = False
        self._finding: Finding | None = None

    def ask_about(self, finding: Finding) -> None:
        """Begin to type."""
        self._finding = finding
        self.value = ""
        self.display = True
        self.screen.set_focus(self)

    def action_close(self) -> None:
        """Nothing is kept quiet."""
        self._give("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """A reason, if there is one."""
        event.stop()
        self._give(event.value.strip())

    def _give(self, reason: str) -> None:
        self.display = False
        self.post_message(self.Given(self._finding, reason))
