"""One order from the key to its confirmation: what it would do is read, and read again for other parameters."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from triage_tui.actions.act import Action, Order, Preview, Refused
from triage_tui.sources.clock import steady
from triage_tui.text import safe
from triage_tui.ui.acting.asking import Asking
from triage_tui.ui.acting.doer import Planned
from triage_tui.ui.acting.form import Form
from triage_tui.ui.acting.paper import Question, Where, preview_lines, refused_lines
from triage_tui.ui.cells import Cell, Line, wrap

Plan = Callable[[Order, Callable[[Planned | Refused], None]], None]
"""Reads what an order would do, and tells it on the screen's thread."""

READ_ONLY = "READ-ONLY: nothing is sent; W lifts it"


class Inquiry:
    """See the module.

    where      for the preview; read_only: asked each time it is drawn
    form       what can be typed beside
    """

    def __init__(
        self, order: Order, action: Action | Refused, plan: Plan, where: Where, read_only: Callable[[], bool]
    ) -> None:
        self._order = order
        self._action = action
        self._plan = plan
        self._where = where
        self._read_only = read_only
        self._asking: Asking | None = None
        self._asked = 0
        self._planned: Planned | None = None
        takes = () if isinstance(action, Refused) else action.takes
        self.form = Form(takes, order.parameters)

    @property
    def preview(self) -> Preview:
        """What is confirmed. There is one where anything could be."""
        assert self._planned is not None
        return self._planned.preview

    def begin(self, asking: Asking) -> None:
        """Read and ask; where something has to be given first, ask for that."""
        self._asking = asking
        if isinstance(self._action, Refused):
            refused = self._action
            asking.ask(lambda width: self._refused(refused, width))
        elif self.form.lacking:
            asking.ask(self._wanting)
        else:
            self.again()

    def again(self) -> None:
        """Read what it would do with what was typed."""
        asking = self._asking
        assert asking is not None
        asking.wait()
        self._asked += 1
        asked, self._planned = self._asked, None

        def told(answer: Planned | Refused) -> None:
            # What was typed meanwhile makes another question of it.
            if asked != self._asked:
                return
            if isinstance(answer, Planned):
                self._planned = answer
                asking.ask(lambda width: self._shown(answer, width))
            else:
                asking.ask(lambda width: self._refused(answer, width))

        self._plan(replace(self._order, parameters=self.form.parameters), told)

    def _shown(self, planned: Planned, width: int) -> Question:
        lines = preview_lines(planned, self._where, steady() - planned.preview.taken_at, width)
        closed = READ_ONLY if self._read_only() else None
        if planned.confirmation is None:
            return Question(tuple(lines), None, closed)
        lines += [(), *wrap(f"to be typed: {planned.confirmation.why}", width, "dim")]
        return Question(tuple(lines), planned.confirmation.word, closed)

    def _refused(self, refused: Refused, width: int) -> Question:
        return Question(tuple(refused_lines(refused, width)), None, "Enter and Esc close")

    def _wanting(self, width: int) -> Question:
        title: list[Line] = [*wrap(safe(self._order.action), width, "title")]
        more = wrap("What it would do is shown once it is known what it is to be done with.", width, "dim")
        return Question((*title, (Cell(""),), *more), None, "Enter and Esc close")
