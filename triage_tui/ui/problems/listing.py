"""The list of what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from triage_tui.model import Finding, Incident, Quiet, Sighting
from triage_tui.ui.cells import Line, clip
from triage_tui.ui.glance import Glance
from triage_tui.ui.palette import Palette
from triage_tui.ui.problems.detail import finding_details
from triage_tui.ui.problems.rows import COLUMNS, Guides, headline, key_of, problem_rows
from triage_tui.ui.rows import Row
from triage_tui.ui.table import Table

ROWS_BY_HEIGHT = ((30, 2), (50, 4), (10_000, 6))
"""Screens of fewer rows than the first give the list the second, so that the panes keep the larger part."""


class Problems(Table):
    """Incidents, the one to see to first on top. As high as they are many, within what the screen can spare.

    alone  all of the screen is for it: symptoms are listed below their roots
    """

    DEFAULT_CSS = """
    Problems { height: auto; width: 1fr; }
    """

    SLOTTED_HEADING: ClassVar[bool] = False

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "alone", "In full", show=False),
        Binding("escape", "leave", "Back", show=False),
        Binding("v", "jump", "Go to the row", show=False),
        Binding("g", "guide", "Read the guide", show=False),
        Binding("z", "snooze", "Snooze", show=False),
        Binding("x", "ignore", "Ignore", show=False),
    ]

    class Zoom(Message):
        """The reader wants more of the list, or less."""

        def __init__(self, more: bool) -> None:
            super().__init__()
            self.more = more

    class Jump(Message):
        """The reader wants to see what a finding is about."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    class Guide(Message):
        """The reader wants to read what to do. section: of the entry; "" its beginning."""

        def __init__(self, finding: Finding | None, section: str) -> None:
            super().__init__()
            self.finding = finding
            self.section = section

    class Lift(Message):
        """The reader wants to be told again of what is quiet."""

        def __init__(self, quiet: Quiet) -> None:
            super().__init__()
            self.quiet = quiet

    class Hush(Message):
        """The reader knows of a finding. snooze: for an hour; else for good, with a reason that is to be asked for."""

        def __init__(self, finding: Finding, *, snooze: bool) -> None:
            super().__init__()
            self.finding = finding
            self.snooze = snooze

    def __init__(self, palette: Palette) -> None:
        super().__init__(COLUMNS, palette, id="problems")
        self.alone = False
        self._glance: Glance | None = None
        self._guides: Guides = {}
        self._screen_height = 0

    # What is shown

    def tell(self, glance: Glance, guides: Guides, screen_height: int) -> None:
        """Show what a glance knows to be wrong."""
        self._glance, self._guides, self._screen_height = glance, guides, screen_height
        self._draw()

    def set_alone(self, alone: bool) -> None:
        """Take all of the screen, or give it back."""
        if alone and not (self.alone or self.has_focus):
            self._listing.select(0)
        self.alone = alone
        self._draw()

    def _draw(self) -> None:
        if self._glance is None:
            return
        rows = problem_rows(self._glance, self._guides, folded=not self.alone)
        super().show(rows, empty="")
        if not (self.has_focus or self.alone):
            # A reader who comes here begins with what comes first, whatever stood there before.
            self._listing.select(0)
        self.can_focus = self.alone or bool(rows)
        if self.has_focus and not self.can_focus:
            self.post_message(self.Zoom(more=False))
        if self.size.width and self.size.height != self._wanted_height:
            self.refresh(layout=True)

    @property
    def finding(self) -> Finding | None:
        """The one under the selection."""
        return self._of(self.selected)[0]

    @property
    def incident(self) -> Incident | None:
        """The incident that the selected finding belongs to."""
        return self._of(self.selected)[1]

    def guides_of(self, finding: Finding) -> Sequence[str]:
        """Ids of the entries that answer a finding, the best first."""
        return self._guides.get(finding.key, ())

    @property
    def sighting(self) -> Sighting | None:
        """The target of the selected finding."""
        finding = self.finding
        return self._glance.picture.of(finding.target) if self._glance is not None and finding else None

    @property
    def details(self) -> list[tuple[str, str]]:
        """All that is known of the selected finding."""
        return finding_details(self.finding) if self.finding is not None else []

    def _of(self, row: Row | None) -> tuple[Finding | None, Incident | None]:
        diagnosis = self._glance.diagnosis if self._glance is not None else None
        if row is None or diagnosis is None:
            return None, None
        for incident in diagnosis.incidents:
            for finding in (incident.root, *incident.symptoms):
                if key_of(finding) == row.key:
                    return finding, incident
        return next((one.finding for one in diagnosis.quiet if key_of(one.finding) == row.key), None), None

    @property
    def quiet(self) -> Quiet | None:
        """Why the selected finding is known, and told only here; None where it is not."""
        finding = self.finding
        diagnosis = self._glance.diagnosis if self._glance is not None else None
        if finding is None or diagnosis is None:
            return None
        return diagnosis.quiet_of(finding)

    # Layout

    @property
    def _wanted_height(self) -> int:
        most = next(rows for below, rows in ROWS_BY_HEIGHT if self._screen_height < below)
        if self.alone:
            most = max(most, self._screen_height // 2)
        return 1 + min(most, len(self.rows_shown))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The line above the rows, and as many of them as there is room for."""
        return self._wanted_height

    def line_at(self, y: int) -> tuple[Line, Style | None]:
        """The first line parts the screen, as the titles of panes do."""
        line, over = super().line_at(y)
        return line, over if y else self.palette.surface

    def gap_at(self, y: int) -> str:
        """The line above the rows is one text."""
        return self.GAP if y else ""

    def _heading_line(self) -> Line:
        hidden = max(0, len(self.rows_shown) - self._body_height) if self.size.height else 0
        return clip(headline(self._glance, focused=self.has_focus, hidden=hidden), self.size.width)

    # Keys

    def action_alone(self) -> None:
        """The list and the selected finding in full."""
        self.post_message(self.Zoom(more=True))

    def action_leave(self) -> None:
        """Back to the panes."""
        self.post_message(self.Zoom(more=False))

    def action_jump(self) -> None:
        """To the row that the finding is about."""
        if self.finding is not None:
            self.post_message(self.Jump(self.finding))

    def action_guide(self, section: str = "") -> None:
        """To the entry that answers the finding."""
        self.post_message(self.Guide(self.finding, section))

    def action_snooze(self) -> None:
        """Not to be told for an hour; or, where it is quiet, to be told again."""
        self._hush(snooze=True)

    def action_ignore(self) -> None:
        """Not to be told any more; or, where it is quiet, to be told again."""
        self._hush(snooze=False)

    def _hush(self, *, snooze: bool) -> None:
        finding, quiet = self.finding, self.quiet
        if quiet is not None:
            self.post_message(self.Lift(quiet))
        elif finding is not None:
            self.post_message(self.Hush(finding, snooze=snooze))
