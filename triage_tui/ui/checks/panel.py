"""The answers above the bar: they come while everything else goes on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message

from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.sources.clock import steady
from triage_tui.ui.checks.lines import Asked, answer_lines, heading
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette


class Answers(VerticalScroll, can_focus=True):
    """What scrolls."""


class Panel(Vertical):
    """One round of checks. The selected answer is told in full."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        Binding("c", "again", "Ask again", show=False),
        Binding("j,down", "step(1)", "Next", show=False),
        Binding("k,up", "step(-1)", "Previous", show=False),
    ]

    class Left(Message):
        """The reader has read enough."""

    class Again(Message):
        """The same is to be asked once more."""

        def __init__(self, about: str, questions: tuple[Question, ...]) -> None:
            super().__init__()
            self.about = about
            self.questions = questions

    def __init__(self, palette: Palette) -> None:
        super().__init__(id="checks")
        self._head = Lines(palette, surface=1)
        self._lines = Lines(palette)
        self._answers = Answers()
        self._asked = Asked("", (), {})
        self._selected = 0
        self._places: list[int] = []

    def compose(self) -> ComposeResult:
        """A heading, and the answers."""
        yield self._head
        with self._answers:
            yield self._lines

    @property
    def asked(self) -> Asked:
        """The round that is shown."""
        return self._asked

    def focus(self, scroll_visible: bool = True) -> Panel:
        """The keys go to what scrolls."""
        self._answers.focus(scroll_visible)
        return self

    def begin(self, about: str, questions: tuple[Question, ...]) -> None:
        """Show a round of which no answer has come."""
        self._asked = Asked(about, questions, {}, done=not questions)
        self._selected = 0
        self.draw()

    def answered(self, answer: Answer) -> None:
        """One has come."""
        asked = self._asked
        self._asked = Asked(asked.about, asked.questions, {**asked.answers, answer.key: answer}, asked.done)
        self.draw()

    def ended(self) -> None:
        """No more will come."""
        asked = self._asked
        self._asked = Asked(asked.about, asked.questions, asked.answers, done=True)
        self.draw()

    def draw(self) -> None:
        """Show it, with ages as of now."""
        width = self._answers.scrollable_content_region.width or self.size.width
        if width <= 0:
            return
        self._head.show((heading(self._asked, self.size.width or width, focused=self.has_focus_within),))
        lines, self._places = answer_lines(self._asked, self._selected, steady(), width)
        self._lines.show(lines)

    def on_resize(self) -> None:
        """Lines depend on the width."""
        self.draw()

    def on_descendant_focus(self) -> None:
        """Mark the heading."""
        self.draw()

    def on_descendant_blur(self) -> None:
        """Unmark it."""
        self.call_after_refresh(self.draw)

    # Keys

    def action_step(self, step: int) -> None:
        """To the next answer; scroll within the last one, where it is longer than there is room."""
        last = len(self._asked.questions) - 1
        wanted = max(0, min(last, self._selected + step))
        if wanted == self._selected:
            self._answers.scroll_relative(y=step, animate=False)
            return
        self._selected = wanted
        self.draw()
        top = self._places[wanted] if wanted < len(self._places) else 0
        self.call_after_refresh(self._answers.scroll_to, y=max(0, top - 1), animate=False)

    def action_again(self) -> None:
        """Ask the same once more."""
        self.post_message(self.Again(self._asked.about, self._asked.questions))

    def action_leave(self) -> None:
        """Close."""
        self.post_message(self.Left())
