"""From a key to a line at the foot: one order at a time is asked about, any number may be under way."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace
from textual.app import App

from triage_tui.actions.act import Action, Came, Order, Refused
from triage_tui.actions.audit import AuditError, AuditLog
from triage_tui.actions.audit.runs import Run, left_open
from triage_tui.actions.mending import mended_by
from triage_tui.actions.perform import Performer, registered
from triage_tui.actions.switch import Switch
from triage_tui.config.settings import Settings
from triage_tui.config.state import state_folder
from triage_tui.sources.clock import steady
from triage_tui.text import safe
from triage_tui.ui.acting.asking import Asking
from triage_tui.ui.acting.doer import Doer, Planned
from triage_tui.ui.acting.doing import MOST, Doing, doing_lines
from triage_tui.ui.acting.inquiry import Inquiry
from triage_tui.ui.acting.paper import Question, Where, refused_lines
from triage_tui.ui.acting.past import left_line
from triage_tui.ui.acting.runs import Runs
from triage_tui.ui.cells import Cell, Line, wrap
from triage_tui.ui.checks.reach import ShownReach
from triage_tui.ui.collects import Collects
from triage_tui.ui.palette import Palette

KEPT = 20
"""Runs that are remembered for the foot."""


class Acting:
    """What the cockpit does to things. Made when something is first asked for.

    post     runs something on the screen's thread; raises RuntimeError where its loop is closed
    changed  what `lines` or `read_only` say is different now
    """

    def __init__(
        self,
        app: App[Any],
        palette: Palette,
        engine: Collects,
        settings: Settings,
        post: Callable[[Callable[[], None]], None],
        changed: Callable[[], None],
    ) -> None:
        self._app, self._palette, self._settings, self._engine = app, palette, settings, engine
        self._post, self._changed = post, changed
        self._switch = Switch(settings)
        log = AuditLog(state_folder(os.environ))
        self._doer = Doer(Performer(ShownReach(engine, settings), self._switch, log), log, engine)
        self._asking: Asking | None = None
        self._doings: dict[int, Doing] = {}
        self._left: tuple[Run, ...] = ()
        self.purges: dict[tuple[str, str], str] = {}

    @property
    def read_only(self) -> bool:
        """Nothing may be changed."""
        return self._switch.read_only

    @property
    def doings(self) -> tuple[Doing, ...]:
        """What is under way, or was, the latest last."""
        return tuple(self._doings.values())

    def lines(self, width: int) -> list[Line]:
        """What is under way, or was; and what an earlier session left open."""
        left = [left_line(self._left, width)] if self._left else []
        return [*left, *doing_lines(self.doings, steady(), width)[len(left) - MOST :]]

    def close(self) -> None:
        """Leave what is under way."""
        self._doer.close()

    def look_back(self) -> None:
        """Find out what an earlier session left open."""
        self._doer.past(lambda answer: self._tell(lambda: self._looked_back(answer)))

    def _looked_back(self, answer: tuple[Run, ...] | AuditError) -> None:
        # An audit that cannot be read is told where it is asked for, and by every action.
        self._left = left_open(answer) if not isinstance(answer, AuditError) else ()
        self._changed()

    def show_runs(self) -> None:
        """What is under way, and what was done before."""
        if isinstance(self._app.screen, Runs):
            return
        self._app.push_screen(
            Runs(self._palette, lambda: self.doings, self._doer.leave, self._read, self._seen)
        )

    def _read(self, runs: Runs) -> None:
        self._doer.past(lambda answer: self._tell(lambda: runs.tell(answer)))

    def _seen(self, shown: Sequence[Run]) -> None:
        """Whoever has read that nobody knows what came of it need not be told again."""
        told = left_open(shown)
        if told:
            self._left = ()
            self._doer.seen(one.id for one in told)
            self._changed()

    # What would be done

    def begin(self, order: Order) -> None:
        """Read what an order would do, and ask. While another one is asked about, it is not heard."""
        if self._asking is not None:
            return
        if order.finding is None:
            wrong = mended_by(self._engine.diagnosis(), order)
            order = replace(order, finding=wrong.key if wrong is not None else None)
        where = Where(self._settings.environment, socket.gethostname(), order.target)
        inquiry = Inquiry(order, self._action(order), self._plan, where, lambda: self.read_only)

        def given(typed: str | None) -> None:
            preview = inquiry.preview
            self._doer.run(preview, typed, lambda doing: self._tell(lambda: self._told(doing, preview.order)))

        inquiry.begin(self._open(given, inquiry))

    def _action(self, order: Order) -> Action | Refused:
        try:
            return registered(order.action, self._settings)
        except Refused as refused:
            return refused

    def _plan(self, order: Order, tell: Callable[[Planned | Refused], None]) -> None:
        self._doer.plan(order, lambda answer: self._tell(lambda: tell(answer)))

    def _told(self, doing: Doing, order: Order) -> None:
        self._doings[doing.number] = doing
        for number in list(self._doings)[:-KEPT]:
            del self._doings[number]
        done = doing.result is not None and doing.result.came is Came.DONE
        if done and order.action == "queue.restore":
            self.purges.pop((order.target, order.argument), None)
        if done and doing.purge:
            self.purges[order.target, order.argument] = doing.purge
        if isinstance(self._app.screen, Runs):
            self._app.screen.draw()
        self._changed()

    # Read-only

    def turn(self) -> None:
        """On at once; off by typing the environment's name, where that is allowed."""
        if not self.read_only:
            self.hold()
            return
        if self._asking is not None:
            return
        asking = self._open(self._lift)
        asking.ask(self._lifting)

    def hold(self) -> None:
        """Nothing is sent from now on, by what is under way neither."""
        self._switch.on()
        self._changed()

    def _lift(self, typed: str | None) -> None:
        try:
            self._switch.off(typed or "")
        except Refused:
            # It is refused again where the question said so already.
            return
        self._changed()

    def _lifting(self, width: int) -> Question:
        name = safe(self._switch.word)
        if not self._switch.can_be_lifted:
            refused = Refused(
                "read-only",
                f"{name} is read-only by its configuration ({safe(self._settings.origin)})",
                "read_only_can_be_lifted = true in its section lets it be lifted here.",
            )
            return Question(tuple(refused_lines(refused, width)[:-2]), None, "Enter and Esc close")
        lines: list[Line] = [
            (Cell(f"Allow changes in {name}", "title"),),
            (),
            *wrap(
                "Nothing is changed by that: each action asks again. W makes it read-only at any time.", width
            ),
        ]
        return Question(tuple(lines), self._switch.word)

    def _open(self, given: Callable[[str | None], None], inquiry: Inquiry | None = None) -> Asking:
        asking = Asking(
            self._palette,
            given,
            self._close,
            self.hold,
            form=inquiry.form if inquiry else None,
            again=inquiry.again if inquiry else lambda: None,
        )
        self._asking = asking
        self._app.push_screen(asking)
        return asking

    def _close(self) -> None:
        self._asking = None

    def _tell(self, work: Callable[[], None]) -> None:
        try:
            self._post(work)
        except RuntimeError:
            # The screen's loop is closed: nobody reads it. It is in the audit.
            return
