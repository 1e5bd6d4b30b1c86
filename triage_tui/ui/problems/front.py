"""The list of what is wrong, the selected finding in full, and the guides that answer: kept together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from triage_tui.ui.glance import Glance
from triage_tui.ui.guides.desk import Desk, Post
from triage_tui.ui.palette import Palette
from triage_tui.ui.problems.answers import Answers
from triage_tui.ui.problems.listing import Problems

if TYPE_CHECKING:
    from triage_tui.model import Finding
    from triage_tui.ui.problems.page import Page
    from triage_tui.ui.problems.reason import Reason


class Front:
    """listing  on top of the screen, always"""

    def __init__(self, palette: Palette, desk: Desk, post: Post) -> None:
        self.listing = Problems(palette)
        self._palette = palette
        self._answers = Answers(desk, post, self.tell_again)
        self._page: Page | None = None
        self._reason: Reason | None = None
        self._glance: Glance | None = None

    def tell(self, glance: Glance) -> None:
        """Show what a glance knows to be wrong, and ask for guides where something new is."""
        self._glance = glance
        if glance.diagnosis is not None:
            self._answers.look(glance.diagnosis)
        self.listing.tell(glance, self._answers.known, self.listing.app.size.height)
        if self._page is not None and self._page.display:
            self._page.tell(glance, self.listing)

    def tell_again(self) -> None:
        """Another finding is selected, or guides have come."""
        if self._glance is not None:
            self.tell(self._glance)

    def stand_alone(self, screen: Widget, alone: bool) -> None:
        """Take all of the screen, with the selected finding in full, or give it back."""
        if alone and self._page is None:
            from triage_tui.ui.problems.page import Page

            self._page = Page(self._palette)
            screen.mount(self._page, after=self.listing)
        screen.set_class(alone, "-problems")
        self.listing.set_alone(alone)

    async def ask_why(self, screen: Widget, finding: Finding) -> None:
        """Let the reader say why a finding need not be told."""
        if self._reason is None:
            from triage_tui.ui.problems.reason import Reason

            self._reason = Reason()
            await screen.mount(self._reason, after=self.listing)
        self._reason.ask_about(finding)
