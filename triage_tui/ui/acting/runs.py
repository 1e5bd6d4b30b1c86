"""The screen of what is under way and what was done before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from triage_tui.actions.audit import AuditError
from triage_tui.actions.audit.runs import Run
from triage_tui.sources.clock import steady
from triage_tui.text import safe
from triage_tui.ui.acting.doing import Doing
from triage_tui.ui.acting.past import COLUMNS, doing_detail, number_of, rows, run_detail
from triage_tui.ui.cells import Cell, Line
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette
from triage_tui.ui.table import Table

EMPTY = "nothing was done from here"
AGES_S = 1.0


class Runs(ModalScreen[None]):
    """Closes with Esc, H or q.

    doings  what is under way, or was; leave: ends one by its number
    read    has the audit read, which is told to `tell`
    gone    called when this is over, with what was shown of the audit
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,H,q", "close", "Close", show=False),
        Binding("X", "leave", "End the waiting", show=False),
    ]

    def __init__(
        self,
        palette: Palette,
        doings: Callable[[], Sequence[Doing]],
        leave: Callable[[int], None],
        read: Callable[[Runs], None],
        gone: Callable[[Sequence[Run]], None],
    ) -> None:
        super().__init__()
        self._doings, self._leave, self._read, self._gone = doings, leave, read, gone
        self._over = -1
        self._head = Lines(palette)
        self.table = Table(COLUMNS, palette, empty="reading the audit …")
        self._detail = Lines(palette)
        self._foot = Lines(palette)
        self._runs: Sequence[Run] = ()
        self._empty: str | None = None

    def compose(self) -> ComposeResult:
        """The list, and below it the selected one in full."""
        with Vertical():
            yield self._head
            yield self.table
            yield self._detail
            yield self._foot

    def on_mount(self) -> None:
        """The list has the keys."""
        self.table.focus()
        self._head.show(((Cell("What was done from here", "title"), Cell("   the latest first", "dim")), ()))
        self.set_interval(AGES_S, self.draw)
        self.draw()

    def tell(self, answer: Sequence[Run] | AuditError) -> None:
        """What the audit holds."""
        if isinstance(answer, AuditError):
            self._empty = safe(f"the audit cannot be read: {answer}")
        else:
            self._runs, self._empty = answer, EMPTY
        self.draw()

    def draw(self) -> None:
        """Show it as of now."""
        now = steady()
        doings = self._doings()
        over = sum(one.over_at is not None for one in doings)
        if over != self._over:
            # What is over stands in the audit, with what came of it.
            self._over = over
            self._read(self)
        self.table.show(rows(doings, self._runs, now), empty=self._empty)
        width = self._detail.size.width
        if width:
            self._detail.show(self._detail_lines(now, width))
        waiting = self._selected_number() is not None
        keys: Line = (Cell("X", "warn"), Cell(" ends the waiting: what was sent is not taken back   "))
        self._foot.show(((*(keys if waiting else ()), Cell("Esc", "strong"), Cell(" closes", "dim")),))

    def _detail_lines(self, now: float, width: int) -> list[Line]:
        row = self.table.selected
        if row is None:
            return []
        number = number_of(row.key)
        doing = next((one for one in self._doings() if one.number == number), None)
        if doing is not None:
            return [(), *doing_detail(doing, now, width), ()]
        run = next((one for one in self._runs if f"run:{one.id}" == row.key), None)
        return [(), *run_detail(run, width), ()] if run is not None else []

    def _selected_number(self) -> int | None:
        row = self.table.selected
        return number_of(row.key) if row is not None else None

    def on_table_selected(self) -> None:
        """Follow the selection."""
        self.draw()

    def on_resize(self) -> None:
        """Lines depend on the width."""
        self.call_after_refresh(self.draw)

    def action_leave(self) -> None:
        """End the waiting for the selected one."""
        number = self._selected_number()
        if number is not None:
            self._leave(number)

    def action_close(self) -> None:
        """Back."""
        self.dismiss()
        self._gone(self._runs)
