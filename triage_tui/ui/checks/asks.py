"""Asking checks on a thread of their own, which begins with the first of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from triage_tui.config.settings import Settings
from triage_tui.ui.collects import Collects

if TYPE_CHECKING:
    from triage_tui.actions.checks.answer import Answer, Question
    from triage_tui.actions.checks.asker import Asker


class Asks:
    """No start has to wait for what checks need. The engine hears of every answer."""

    def __init__(self, engine: Collects, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings
        self._asker: Asker | None = None

    def ask(
        self, questions: Sequence[Question], tell: Callable[[Answer], None], done: Callable[[], None]
    ) -> None:
        """See place.Ask."""
        if self._asker is None:
            from triage_tui.actions.checks.asker import Asker
            from triage_tui.ui.checks.reach import ShownReach

            self._asker = Asker(ShownReach(self._engine, self._settings))

        def told(answer: Answer) -> None:
            tell(answer)
            self._engine.hear(answer.heard)

        self._asker.ask(questions, told, done)

    def close(self) -> None:
        """End what is under way."""
        if self._asker is not None:
            self._asker.close()
