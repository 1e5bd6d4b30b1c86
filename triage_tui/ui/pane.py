"""One pane: a title that says how far its data can be trusted, a few lines, and a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message

from triage_tui.model import Problem, Sighting, State
from triage_tui.ui.canvas import Hollow
from triage_tui.ui.cells import Cell, Line, join, spread, wrap
from triage_tui.ui.glance import Glance, state_line
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette
from triage_tui.ui.panes.face import Face
from triage_tui.ui.table import Table
from triage_tui.ui.view import View, Viewer, details_of, subjects_of

if TYPE_CHECKING:
    from textual.widgets import Input

PROBLEM_LINES = 3
"""Lines that a server's own words may take."""

LOW_HEIGHT = 7
"""Below this many lines a pane drops its column titles and all but the first summary line."""


class Pane(Hollow):
    """Shows the targets of one kind, one at a time.

    face, others  what it can show of a target: the first to begin with
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", show=False),
        Binding("left_square_bracket", "other_target(-1)", "Previous target", show=False),
        Binding("right_square_bracket", "other_target(1)", "Next target", show=False),
        Binding("t", "other_table", "Other table", show=False),
        Binding("escape", "leave", "Back", show=False),
    ]

    class Changed(Message):
        """Another target is shown, or another row is selected."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    class Zoom(Message):
        """Enter on a row, or Esc: the reader wants more, or less, of this pane."""

        def __init__(self, pane: Pane, more: bool) -> None:
            super().__init__()
            self.pane = pane
            self.more = more

    def __init__(self, face: Face, palette: Palette, *others: Face) -> None:
        super().__init__(id=f"pane-{face.kind.value}")
        self.face = face
        self._faces = (face, *others)
        self._palette = palette
        self._head = Lines(palette, surface=1)
        self._summary: Sequence[Line] = ()
        self.table = Table(face.columns, palette)
        # Made when somebody searches: four of them take a tenth of the time to the first paint.
        self._search: Input | None = None
        self._glance: Glance | None = None
        self._room = Size()
        self._name: str | None = None
        self._viewer = Viewer()
        self._drawn: tuple[View, Problem | None] | None = None

    def compose(self) -> ComposeResult:
        """A title with a few lines below it, and a table."""
        yield self._head
        yield self.table

    # What is shown

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """All targets of this pane's kind."""
        return self._glance.picture.of_kind(self.face.kind) if self._glance is not None else ()

    @property
    def sighting(self) -> Sighting | None:
        """The target that is shown: the one chosen by key, else the first that is in trouble, else the first."""
        sightings = self.sightings
        chosen = next((s for s in sightings if s.target.name == self._name), None)
        if chosen is not None:
            return chosen
        return next(
            (s for s in sightings if s.state not in (State.LIVE, State.CONNECTING)),
            sightings[0] if sightings else None,
        )

    @property
    def subjects(self) -> tuple[str, ...]:
        """What the reader sees now, as the target's source names it."""
        return subjects_of(self.face, self.table.rows_on_screen) if self.display else ()

    @property
    def other(self) -> Face:
        """What `t` shows in the place of this; the same where there is nothing else."""
        if len(self._faces) == 1:
            return self.face
        place = next((at for at, face in enumerate(self._faces) if face is self.face), 0)
        return self._faces[(place + 1) % len(self._faces)]

    @property
    def details(self) -> Sequence[tuple[str, str]]:
        """All that is known about the selected row."""
        sighting, row = self.sighting, self.table.selected
        if self._glance is None or sighting is None or row is None:
            return ()
        return details_of(self.face, self._glance, sighting, row.key)

    def show(self, glance: Glance, room: Size) -> None:
        """Show what a glance says. room: cells that the pane may expect to get, for as long as it has none: so that
        its title is there at the first layout and the first paint."""
        self._glance = glance
        self._room = room
        self._draw()

    def reveal(self, target: str, subject: str) -> bool:
        """Show a target, and select the row that is about a subject of it. False: there is none."""
        self._name = target
        self._draw()
        if not subject:
            return True
        first = self.face
        for face in (first, *(one for one in self._faces if one is not first)):
            self._turn(face)
            if self._select(subject):
                return True
        self._turn(first)
        return False

    def _select(self, subject: str) -> bool:
        rows = self.table.rows_shown
        # A finding may be about a part of what a row is about: a mount, a kind of statement, a client's program.
        for about in (lambda row: self.face.subject(row) == subject, lambda row: row.key == subject):
            found = next((at for at, row in enumerate(rows) if about(row)), None)
            if found is not None:
                self.table.select(found)
                return True
        return False

    def _turn(self, face: Face) -> None:
        """Show something else of the target."""
        if face is self.face:
            return
        self.face = face
        if self._search is not None:
            self._search.value = ""
            self._search.display = False
        self.table.set_columns(face.columns)
        self._drawn = None
        self._draw()

    def _draw(self) -> None:
        glance, size = self._glance, self.size or self._room
        width = size.width
        if glance is None or not width:
            return
        sighting = self.sighting
        if sighting is None:
            self._drawn = None
            self.table.show((), empty=self.face.none)
            self._head.show((self._title_line(glance, None, (), width),))
            return
        low = size.height < LOW_HEIGHT
        view = self._viewer.view(self.face, glance, sighting, width, low)
        if self._drawn is None or self._drawn[0] is not view or self._drawn[1] != sighting.problem:
            self._drawn = view, sighting.problem
            summary: list[Line] = []
            if sighting.problem is not None and sighting.state is not State.LIVE:
                summary.extend(problem_lines(sighting.problem, width, 1 if low else PROBLEM_LINES))
            if not (low and summary):
                summary.extend(view.summary)
            self._summary = summary
            self.table.set_heading(not low)
            self.table.show(view.rows, empty=view.empty)
        # After the table: the title tells how many of its rows were found.
        self._head.show((self._title_line(glance, sighting, view.headline, width), *self._summary))

    def _title_line(self, glance: Glance, sighting: Sighting | None, headline: Line, width: int) -> Line:
        mark = "▸ " if self.has_focus_within else "  "
        title: Line = (
            Cell(mark, "title"),
            Cell(self.face.title, "title" if self.has_focus_within else "strong"),
        )
        if sighting is None:
            return title
        left = join([title, state_line(glance, sighting), headline])
        if self.table.search:
            found = f"/{self.table.search} {len(self.table.rows_shown)} of {self.table.rows_total}"
            left = join([title, (Cell(found, "accent"),), state_line(glance, sighting)])
        if sighting.gaps:
            gaps = "1 gap" if len(sighting.gaps) == 1 else f"{len(sighting.gaps)} gaps"
            left = join([left, (Cell(f"{gaps} (g)", "warn"),)])
        sightings = self.sightings
        name: Line = ()
        if len(sightings) > 1:
            place = sightings.index(sighting) + 1
            name = (Cell(f"{sighting.target.name} [{place}/{len(sightings)}]", "accent"),)
        elif width >= 60 and sighting.target.name != self.face.kind.value:
            name = (Cell(sighting.target.name, "dim"),)
        return spread(left, name, width)

    # Keys

    async def action_search(self) -> None:
        """Open the search line."""
        if self._search is None:
            from textual.widgets import Input

            self._search = Input(placeholder="words to find; Enter keeps, Esc clears", compact=True)
            self._search.cursor_blink = False
            await self.mount(self._search, after=self._head)
        self._search.display = True
        self._search.focus()

    def action_other_target(self, step: int) -> None:
        """Show the next or previous target of this kind."""
        names = [sighting.target.name for sighting in self.sightings]
        current = self.sighting
        if len(names) > 1 and current is not None:
            self._name = names[(names.index(current.target.name) + step) % len(names)]
            self._draw()
            self.post_message(self.Changed(self))

    def action_other_table(self) -> None:
        """Show something else of the target, where there is something: its clients in place of its queues."""
        if self.other is not self.face:
            self._turn(self.other)
            self.table.focus()
            self.post_message(self.Changed(self))

    def action_leave(self) -> None:
        """Close the search, or leave the zoom."""
        if self._search is not None and (self._search.display or self.table.search):
            self._search.value = ""
            self._search.display = False
            self.table.set_search("")
            self.table.focus()
            self._draw()
        else:
            self.post_message(self.Zoom(self, more=False))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types."""
        event.stop()
        self.table.set_search(event.value)
        self._draw()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the search and go on in the table."""
        event.stop()
        event.input.display = False
        self.table.focus()

    def on_table_selected(self, event: Table.Selected) -> None:
        """Tell the sidebar."""
        event.stop()
        self.post_message(self.Changed(self))

    def on_table_opened(self, event: Table.Opened) -> None:
        """More of this."""
        event.stop()
        self.post_message(self.Zoom(self, more=True))

    def on_resize(self, _event: events.Resize) -> None:
        """Lines depend on the width."""
        self._draw()

    def on_descendant_focus(self, _event: events.DescendantFocus) -> None:
        """Mark the title."""
        self._draw()

    def on_descendant_blur(self, _event: events.DescendantBlur) -> None:
        """Unmark the title."""
        self.call_after_refresh(self._draw)


def problem_lines(problem: Problem, width: int, limit: int) -> list[Line]:
    """A problem in the server's own words, and what to do about it."""
    said = wrap(f"✗ {problem.message}", width, "bad", limit=limit)
    if limit == 1:
        return list(said)
    return [*said, *wrap(f"→ {problem.next_step}", width, "text", limit=limit)]
