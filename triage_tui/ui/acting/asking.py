"""The question before something is done. Cancel has the focus, and Enter is Cancel."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen

from triage_tui.ui.acting.ears import BEAT_S, Ears
from triage_tui.ui.acting.form import Form
from triage_tui.ui.acting.paper import FORM_FOOT, Question, foot_line
from triage_tui.ui.canvas import Canvas
from triage_tui.ui.cells import Cell, Line
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette

AGES_S = 1.0
CONFIRM = "y"
CONFIRM_TYPED = "ctrl+y"
MOST_TYPED = 300
AROUND_LINES = 4
"""Two of the frame, one for what is said, one for Cancel."""

MOVES = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10, "home": -10_000, "end": 10_000}

DROPPED = (
    "not counted: read before this was shown, while the screen stood still, or held down; press it again"
)
PASTED = "a paste confirms nothing: type it"
ENTERED = "Enter confirms nothing: Ctrl+Y does, once the name stands there"


class Cancel(Canvas, can_focus=True):
    """The way out, by Enter and by the mouse."""

    def __init__(self, palette: Palette, cancel: Callable[[], None]) -> None:
        super().__init__(palette)
        self._cancel = cancel

    def line_at(self, y: int) -> tuple[Line, Style | None]:
        """`[ Cancel ]`."""
        return (Cell("[ Cancel ]", "strong"),), self.palette.selected if self.has_focus else None

    def on_focus(self) -> None:
        """Mark it."""
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Nothing is done."""
        event.stop()
        self._cancel()


class Asking(ModalScreen[None]):
    """Shows what would be done, and waits for a decision.

    given  called once with what was typed, None where a key was enough; never where it was cancelled
    gone   called when this is over, either way
    hold   turns read-only on
    form   what can be typed beside; again: called when something else was typed, and what is asked is to be made anew
    """

    def __init__(
        self,
        palette: Palette,
        given: Callable[[str | None], None],
        gone: Callable[[], None],
        hold: Callable[[], None],
        *,
        form: Form | None = None,
        again: Callable[[], None] = lambda: None,
        ears: Ears | None = None,
    ) -> None:
        super().__init__()
        self._given, self._gone, self._hold = given, gone, hold
        self.form, self._again = form or Form((), {}), again
        self.ears = ears or Ears()
        self._scroll = VerticalScroll(can_focus=False)
        self._body = Lines(palette)
        self._said = Lines(palette)
        self._foot = Lines(palette)
        self._cancel = Cancel(palette, self.cancel)
        self._make: Callable[[int], Question] | None = None
        self._question: Question | None = None
        self._typed = ""
        self._note = ""
        self._over = False
        self._seen = False

    def compose(self) -> ComposeResult:
        """What is asked, and below it how it is answered."""
        with Vertical():
            with self._scroll:
                yield self._body
            yield self._said
            with Horizontal():
                yield self._cancel
                yield self._foot

    def on_mount(self) -> None:
        """Cancel has the keys."""
        self._cancel.focus()
        self.set_interval(BEAT_S, self.ears.beat)
        self.set_interval(AGES_S, self.draw)
        self.draw()

    @property
    def typed(self) -> str:
        """What has been typed so far."""
        return self._typed

    @property
    def question(self) -> Question | None:
        """What is asked; None: it is not known yet."""
        return self._question

    def ask(self, make: Callable[[int], Question]) -> None:
        """Ask this. make: the question for a width. It can be confirmed when it has been painted."""
        self._make = make
        self.ears.covered()
        self._seen = False
        self.draw()

    def wait(self) -> None:
        """What was asked does not hold any more."""
        self._make = self._question = None
        self._typed = ""
        self.ears.covered()
        self.draw()

    def draw(self) -> None:
        """Show it, with ages as of now."""
        width = self._body.size.width
        scroll = self._scroll
        scroll.styles.max_height = max(1, self.app.size.height - AROUND_LINES)
        if not width:
            return
        if self._make is not None:
            self._question = self._make(width)
            self._body.show((*self._question.lines, *self._form_lines(width)))
            if not self._seen:
                self._seen = True
                self.call_after_refresh(self._painted)
        more = scroll.max_scroll_y > scroll.scroll_offset.y
        self._said.show((self._said_line(more=more),))
        self._foot.show((FORM_FOOT if self.form.is_typed else foot_line(self._question, self._typed),))

    def _form_lines(self, width: int) -> tuple[Line, ...]:
        if not self.form.can_be_typed:
            return ()
        head = (Cell("with", "dim"), Cell("" if self.form.is_typed else "   Tab changes it", "dim"))
        return ((), head, *self.form.lines(width))

    def _painted(self) -> None:
        self.ears.painted()
        # How much of it there is room for is known now.
        self.draw()

    def _said_line(self, *, more: bool) -> Line:
        if self._note:
            return (Cell(self._note, "warn"),)
        return (Cell("↓ more below: arrows and Page Down", "dim"),) if more else ()

    def on_resize(self) -> None:
        """Lines depend on the width."""
        self.call_after_refresh(self.draw)

    def cancel(self) -> None:
        """Nothing is done."""
        if not self._over:
            self._over = True
            self.dismiss()
            self._gone()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted was not read by anybody."""
        event.stop()
        self._say(PASTED)

    def on_key(self, event: events.Key) -> None:
        """No key reaches anything behind this."""
        event.stop()
        event.prevent_default()
        if self._over:
            return
        key, read_at = event.key, event.time
        word = self._question.word if self._question is not None else None
        if self.form.is_typed:
            self.ears.note(key, read_at)
            self._fill(event)
            return
        if key == (CONFIRM if word is None else CONFIRM_TYPED):
            self._decide(key, read_at)
            return
        self.ears.note(key, read_at)
        if key == "escape" or (key == "enter" and not self._typed):
            self.cancel()
        elif key == "enter":
            self._say(ENTERED)
        elif key == "ctrl+w" or (key == "W" and word is None):
            self._hold()
            self.draw()
        elif key == "tab" and self.form.can_be_typed and self._question is not None:
            self.form.begin()
            self._say("")
            self.call_after_refresh(self._scroll.scroll_end, animate=False)
        elif key in MOVES:
            self._scroll.scroll_relative(y=MOVES[key], animate=False)
            self.call_after_refresh(self.draw)
        elif word is not None:
            self._type(event)

    def _type(self, event: events.Key) -> None:
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.key == "ctrl+u":
            self._typed = ""
        elif event.is_printable and event.character is not None:
            if not self.ears.hears(event.time):
                self._say(DROPPED)
                return
            self._typed = (self._typed + event.character)[:MOST_TYPED]
        self._say("")

    def _fill(self, event: events.Key) -> None:
        """A key while something is typed beside."""
        if event.key == "escape":
            if self.form.lacking:
                self.cancel()
                return
            self.form.leave()
        elif event.key == "enter":
            if self.form.lacking:
                self._say(f"{self.form.lacking[0]} has to be given")
                return
            if self.form.end():
                self._note = ""
                self._again()
                return
        elif event.key in ("tab", "down", "shift+tab", "up"):
            self.form.move(1 if event.key in ("tab", "down") else -1)
        elif event.key == "backspace":
            self.form.erase()
        elif event.key == "ctrl+u":
            self.form.erase(all=True)
        elif event.is_printable and event.character is not None:
            self.form.type(event.character)
        self._say("")

    def _decide(self, key: str, read_at: float) -> None:
        counts = self.ears.confirms(key, read_at, burst=key == CONFIRM_TYPED)
        question = self._question
        if question is None or question.closed is not None:
            return
        if not counts:
            self._say(DROPPED)
        elif question.word is not None and self._typed != question.word:
            self._say(f"`{self._typed}` is not `{question.word}`")
        else:
            self._over = True
            self.dismiss()
            self._gone()
            self._given(self._typed if question.word is not None else None)

    def _say(self, note: str) -> None:
        self._note = note
        self.draw()
