"""The sidebar: guides for what is wrong, found by question or by error line; below them the selected row in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from triage_tui.guides.entry import Entry
from triage_tui.ui.cells import clip, wrap
from triage_tui.ui.glance import Glance
from triage_tui.ui.guides import page, state
from triage_tui.ui.guides.body import Body
from triage_tui.ui.guides.desk import Desk
from triage_tui.ui.guides.enquiry import Enquiry
from triage_tui.ui.guides.lists import list_head, list_lines
from triage_tui.ui.guides.now import text_of
from triage_tui.ui.guides.question import Question
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette
from triage_tui.ui.selected import LABEL_CELLS, Shown, selected_lines

_HINTS_LIST = "/ ask  paste a line  m match row  Enter read  g close"
_HINTS_ENTRY = "[ ] section  j k command  y copy  h l back, on  Esc list"


class Sidebar(Vertical):
    """Guides and the selected row. Everything that reads files happens at the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "ask", "Ask", show=False),
        Binding("escape", "leave", "Back", show=False),
        Binding("j", "step(1)", "Next", show=False),
        Binding("k", "step(-1)", "Previous", show=False),
        Binding("enter", "open", "Read", show=False),
        Binding("y", "copy", "Copy", show=False),
        Binding("m", "match", "Match the selected row", show=False),
        Binding("left_square_bracket", "section(-1)", "Previous section", show=False),
        Binding("right_square_bracket", "section(1)", "Next section", show=False),
        Binding("h", "go(-1)", "Back", show=False),
        Binding("l", "go(1)", "Forward", show=False),
    ]

    class Left(Message):
        """The reader wants back to the panes."""

    class Copied(Message):
        """A command is to be copied."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, palette: Palette, desk: Desk) -> None:
        super().__init__(id="sidebar")
        self._question = Question(placeholder="ask, or paste an error line", compact=True)
        self._question.cursor_blink = False
        self._question.display = False
        self._head = Lines(palette)
        self._lines = Lines(palette)
        self._body = Body()
        self._hints = Lines(palette)
        self.reader = state.Reader()
        self.enquiry = Enquiry(desk, self.reader, self._draw, self._turned)
        self._pane: Shown | None = None
        self._made: tuple[Entry, int, int, page.Section] | None = None
        self._places: Sequence[tuple[int, int]] = ()

    def compose(self) -> ComposeResult:
        """The question, what is read, and keys."""
        yield self._question
        yield self._head
        with self._body:
            yield self._lines
        yield self._hints

    def focus(self, scroll_visible: bool = True) -> Sidebar:
        """The keys go to what scrolls."""
        self._body.focus(scroll_visible)
        return self

    def open(self, post: Callable[[Callable[[], None]], None]) -> None:
        """The sidebar is shown: the desk begins to work. post: runs something on the screen's thread."""
        self.enquiry.open(post)

    # What is shown

    def show(self, pane: Shown | None, glance: Glance | None = None) -> None:
        """Follow the selected row and what is known now."""
        self._pane = pane
        if glance is not None:
            self.enquiry.suggest(glance, pane)
        if self.reader.entry is None:
            self._draw()

    def on_resize(self) -> None:
        """Lines are broken at the width."""
        self._draw()

    def _width(self) -> int:
        return self._body.scrollable_content_region.width - 1

    def _draw(self, reveal: bool = False) -> None:
        width = self._width()
        if width <= LABEL_CELLS:
            return
        entry = self.reader.entry
        if entry is not None:
            self._draw_entry(entry, width)
        else:
            self._draw_list(width)
        if reveal and self._places:
            number = self.reader.stop if entry is not None else self.reader.cursor
            first, last = self._places[min(number, len(self._places) - 1)]
            self.call_after_refresh(self._body.reveal, first, last)

    def _draw_list(self, width: int) -> None:
        reader = self.reader
        focused = self.has_focus_within
        lines, places = list_lines(reader.listed, reader.cursor if focused else None, width)
        self._places = places
        self._head.show([clip(line, width) for line in list_head(reader, self.enquiry.trouble)])
        if reader.results is None and self._pane is not None:
            lines += [()] if lines else []
            lines += selected_lines(self._pane.sighting, self._pane.details, width)
        self._lines.show(lines)
        self._hints.show(wrap(_HINTS_LIST, width, "dim") if focused else ())

    def _draw_entry(self, entry: Entry, width: int) -> None:
        reader = self.reader
        one = self._section(entry, width)
        self._head.show(page.heading(entry, reader.section, width))
        self._places = [(stop.line, stop.last) for stop in one.stops]
        self._lines.show(page.marked(one, reader.stop))
        self._hints.show(wrap(_HINTS_ENTRY, width, "dim"))

    def read(self, id: str, section: str = "") -> None:
        """Open an entry, at one of its sections where it has it."""
        self.enquiry.read(id, section)

    # Keys

    def action_ask(self) -> None:
        """Open the line to type in."""
        self.reader.close()
        self._question.display = True
        self._question.focus()
        if self.reader.is_line or self.reader.results is None:
            self._forget(())
            self._question.value = ""
        self._draw()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types."""
        event.stop()
        if event.value.strip():
            self.enquiry.ask(event.value)
        elif self._question.display:
            self._forget(())
            self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep what was found and go on in the list; a single one is opened."""
        event.stop()
        self._question.display = False
        self.focus()
        if not event.value.strip():
            self._forget(None)
        self._draw()

    def on_question_pasted(self, event: Question.Pasted) -> None:
        """A log was pasted into the line."""
        event.stop()
        self._match(event.text)

    def on_paste(self, event: events.Paste) -> None:
        """A line or a log was pasted into the sidebar."""
        event.stop()
        self._match(event.text)

    def action_match(self) -> None:
        """Which entry knows what the selected row says?"""
        if self._pane is not None and self._pane.details:
            self._match(text_of(self._pane))

    def _match(self, pasted: str) -> None:
        self._question.display = False
        self.reader.close()
        self.focus()
        self.enquiry.ask(pasted, is_line=True)

    def action_step(self, step: int) -> None:
        """To the next entry of the list, or the next command of the section; scroll where there is none."""
        if self.reader.entry is None and self.reader.listed:
            self.reader.move(step)
        elif self.reader.entry is not None and len(self._places) > 1:
            self.reader.stop = max(0, min(len(self._places) - 1, self.reader.stop + step))
        else:
            self._body.scroll_relative(y=step, animate=False)
            return
        self._draw(True)

    def action_open(self) -> None:
        """Read the selected entry, or follow the selected link."""
        if self.reader.entry is None:
            selected = self.reader.selected
            if selected is not None:
                self.read(selected.id)
        elif (stop := self._stop()) is not None and stop.link:
            self.read(stop.link)

    def action_copy(self) -> None:
        """Copy the selected command, or the id of the entry under the cursor; else the key means the selected row."""
        stop, selected = self._stop(), self.reader.selected
        if stop is not None and stop.copy:
            self.post_message(self.Copied(stop.copy))
        elif self.reader.entry is None and selected is not None:
            self.post_message(self.Copied(selected.id))
        else:
            raise SkipAction

    def action_section(self, step: int) -> None:
        """The next section, or the one before."""
        if self.reader.entry is not None:
            last = len(page.titles(self.reader.entry)) - 1
            self.reader.section = max(0, min(last, self.reader.section + step))
            self.reader.stop = 0
            self._turned()

    def action_go(self, step: int) -> None:
        """Back or forward in what was read."""
        if self.reader.go(step):
            self._turned()

    def action_leave(self) -> None:
        """One step back: from the line, the entry, the results; then to the panes."""
        if self._question.display:
            self._question.display = False
            self.focus()
            self._forget(None)
        elif self.reader.entry is not None:
            self.reader.close()
        elif self.reader.results is not None:
            self._forget(None)
        else:
            self.post_message(self.Left())
            return
        self._turned()

    def _section(self, entry: Entry, width: int) -> page.Section:
        """The section that is read. It is made once: keys that move within it cost nothing."""
        number = self.reader.section
        made = self._made
        if made is None or made[0] is not entry or made[1:3] != (number, width):
            self._made = made = entry, number, width, page.section(entry, number, width)
        return made[3]

    def _forget(self, results: Sequence[state.Result] | None) -> None:
        """Show no answer, and wait for none. results: None where suggestions are shown in its place."""
        self.enquiry.drop()
        if results is None:
            self.reader.clear()
        else:
            self.reader.found("", results)

    def _turned(self) -> None:
        """Something else is read: from its first line."""
        self._body.scroll_to(y=0, animate=False)
        self._draw()

    def _stop(self) -> page.Stop | None:
        entry = self.reader.entry
        if entry is None:
            return None
        stops = self._section(entry, self._width()).stops
        return stops[min(self.reader.stop, len(stops) - 1)] if stops else None

    def on_descendant_focus(self) -> None:
        """The cursor shows."""
        self._draw()

    def on_descendant_blur(self) -> None:
        """The cursor goes."""
        self.call_after_refresh(self._draw)
