"""From a key to a line at the foot: one order at a time is asked about, any number may be under way."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

from textual.app import App

from triage_tui.actions.act import Came, Order, Refused
from triage_tui.actions.audit import AuditLog, state_folder
from triage_tui.actions.perform import Performer
from triage_tui.actions.switch import Switch
from triage_tui.config.settings import Settings
from triage_tui.sources.clock import steady
from triage_tui.text import safe
from triage_tui.ui.acting.asking import Asking
from triage_tui.ui.acting.doer import Doer, Planned
from triage_tui.ui.acting.doing import Doing, doing_lines
from triage_tui.ui.acting.paper import Question, Where, preview_lines, refused_lines
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
        self._app, self._palette, self._settings = app, palette, settings
        self._post, self._changed = post, changed
        self._switch = Switch(settings)
        log = AuditLog(state_folder(os.environ))
        self._doer = Doer(Performer(ShownReach(engine, settings), self._switch, log), log, engine)
        self._asking: Asking | None = None
        self._doings: dict[int, Doing] = {}
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
        """What is under way, or was."""
        return doing_lines(self.doings, steady(), width)

    def close(self) -> None:
        """Leave what is under way."""
        self._doer.close()

    # What would be done

    def begin(self, order: Order) -> None:
        """Read what an order would do, and ask. While another one is asked about, it is not heard."""
        if self._asking is not None:
            return
        planned: list[Planned] = []

        def given(typed: str | None) -> None:
            preview = planned[0].preview
            self._doer.run(preview, typed, lambda doing: self._tell(lambda: self._told(doing, order)))

        asking = self._open(given)

        def told(answer: Planned | Refused) -> None:
            if self._asking is not asking:
                return
            if isinstance(answer, Planned):
                planned.append(answer)
            asking.ask(lambda width: self._question(answer, order, width))

        self._doer.plan(order, lambda answer: self._tell(lambda: told(answer)))

    def _question(self, answer: Planned | Refused, order: Order, width: int) -> Question:
        if isinstance(answer, Refused):
            return Question(tuple(refused_lines(answer, width)), None, "Enter and Esc close")
        where = Where(self._settings.environment, socket.gethostname(), order.target)
        lines = preview_lines(answer, where, steady() - answer.preview.taken_at, width)
        closed = "READ-ONLY: nothing is sent; W lifts it" if self.read_only else None
        if answer.confirmation is None:
            return Question(tuple(lines), None, closed)
        lines += [(), *wrap(f"to be typed: {answer.confirmation.why}", width, "dim")]
        return Question(tuple(lines), answer.confirmation.word, closed)

    def _told(self, doing: Doing, order: Order) -> None:
        self._doings[doing.number] = doing
        for number in list(self._doings)[:-KEPT]:
            del self._doings[number]
        done = doing.result is not None and doing.result.came is Came.DONE
        if done and order.action == "queue.restore":
            self.purges.pop((order.target, order.argument), None)
        if done and doing.purge:
            self.purges[order.target, order.argument] = doing.purge
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

    def _open(self, given: Callable[[str | None], None]) -> Asking:
        asking = Asking(self._palette, given, self._close, self.hold)
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
