"""The line in which one asks: a question, or a pasted log."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Input


class Question(Input):
    """A line to type in. A paste of several lines is no question but a log."""

    class Pasted(Message):
        """Several lines were pasted."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def on_paste(self, event: events.Paste) -> None:
        """Hand several lines over; one line is typed as it is."""
        if "\n" in event.text.strip():
            event.prevent_default()
            event.stop()
            self.post_message(self.Pasted(event.text))
