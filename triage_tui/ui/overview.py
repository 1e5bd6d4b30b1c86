"""The Overview: a header, four panes, a sidebar, a bar with keys. It lays out; the panes know what they show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from triage_tui.model import Finding
from triage_tui.model.finding import Key
from triage_tui.ui.acting.offering import Act, Offering
from triage_tui.ui.canvas import Hollow
from triage_tui.ui.cells import Line
from triage_tui.ui.checks.place import Ask, Place
from triage_tui.ui.glance import Glance
from triage_tui.ui.guides.desk import Desk
from triage_tui.ui.guides.side import Side
from triage_tui.ui.header import endpoint_strip, header_line
from triage_tui.ui.keys import action_keys, bar_line
from triage_tui.ui.lines import Lines
from triage_tui.ui.palette import Palette
from triage_tui.ui.pane import Pane
from triage_tui.ui.panes.containers import Containers
from triage_tui.ui.panes.host import Host
from triage_tui.ui.panes.postgres import Postgres
from triage_tui.ui.panes.redis import Redis, RedisClients
from triage_tui.ui.problems.front import Front
from triage_tui.ui.problems.listing import Problems
from triage_tui.ui.selected import Shown
from triage_tui.ui.table import Table

if TYPE_CHECKING:
    from triage_tui.ui.acting.offers import Offer
    from triage_tui.ui.checks.panel import Panel
    from triage_tui.ui.problems.reason import Reason
    from triage_tui.ui.sidebar import Sidebar

TWO_COLUMNS_FROM = (112, 28)
"""Columns and rows from which four panes stand two by two; below, they stack and the focused one takes the room."""

SIDEBAR_CELLS = 46

PROBLEMS = "problems"
"""What is zoomed, where it is not a kind of target."""


class Overview(Screen[None]):
    """Everything at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("0", "zoom('problems')", "Problems", show=False),
        Binding("1", "zoom('')", "Overview", show=False),
        Binding("2", "zoom('docker')", "Containers", show=False),
        Binding("3", "zoom('postgres')", "PostgreSQL", show=False),
        Binding("4", "zoom('redis')", "Redis", show=False),
        Binding("5", "zoom('host')", "Host", show=False),
        Binding("enter", "zoom_focused", "Zoom", show=False),
        Binding("c", "check", "Check", show=False),
        *(Binding(key, f"act('{key}')", "Act", show=False) for key in action_keys()),
    ]

    class Known(Message):
        """A finding is to be kept quiet. reason: "" for a while only."""

        def __init__(self, finding: Finding, reason: str) -> None:
            super().__init__()
            self.finding = finding
            self.reason = reason

    class Loud(Message):
        """What was made quiet by key is to be told again."""

        def __init__(self, rule: Key) -> None:
            super().__init__()
            self.rule = rule

    def __init__(self, palette: Palette, desk: Desk, ask: Ask, act: Act) -> None:
        super().__init__()
        self._doings = Lines(palette, id="doings")
        self._header = Lines(palette, surface=1, id="header")
        self._bar = Lines(palette, surface=1, id="bar")
        self._front = Front(palette, desk, self.post)
        self._offering = Offering(act, self.problems, lambda: self.focused_pane)
        self.panes = (
            Pane(Containers(), palette),
            Pane(Postgres(), palette),
            Pane(Redis(), palette, RedisClients()),
            Pane(Host(), palette),
        )
        self._body = Hollow(id="body")
        self._side = Side(self, self._body, palette, desk, self.post)
        self._checks = Place(self, palette, ask, self.post)
        self._glance: Glance | None = None
        self._paused_s: float | None = None
        self._zoomed: str = ""
        self._note: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def compose(self) -> ComposeResult:
        """Header, panes, bar; the sidebar comes beside the panes when it is first wanted."""
        # The layout is chosen before the first one is made: each costs a paint of the whole screen.
        # And it is chosen before there is anything that would have to be styled a second time.
        self._choose_layout(self.app.size, update=False)
        self._bar.show((bar_line(),))
        self.panes[0].add_class("-focused", update=False)
        yield self._header
        yield self.problems
        with self._body, Hollow(id="panes"):
            yield from self.panes
        yield self._doings
        yield self._bar

    def on_mount(self) -> None:
        """Begin in the first pane."""
        self._loop = asyncio.get_running_loop()
        self.panes[0].table.focus()

    def show(self, glance: Glance, paused_s: float | None = None) -> None:
        """Show a picture everywhere."""
        self._glance, self._paused_s = glance, paused_s
        width = self.app.size.width
        strip = endpoint_strip(glance, width)
        self._header.show((header_line(glance, width, paused_s), *([strip] if strip else [])))
        self._front.tell(glance)
        for pane in self.panes:
            if pane.display:
                pane.show(glance, self._room)
        self._checks.tell()
        self._show_sidebar()
        self._show_bar()

    def show_note(self, note: str | None) -> None:
        """Say something in the bar, or show the keys again."""
        self._note = note
        self._show_bar()

    def show_doings(self, lines: Sequence[Line]) -> None:
        """What is being done, or was, above the bar."""
        self._doings.show(lines)

    def _show_bar(self) -> None:
        actions = () if self._checks.has_focus else [(one.key, one.word) for one in self.offers]
        pane = self.focused_pane
        self._bar.show(
            (
                bar_line(
                    self._note,
                    problems=self.problems.has_focus,
                    checks=self._checks.has_focus,
                    actions=actions,
                    other=pane.other.title if pane.other is not pane.face else "",
                ),
            )
        )

    def seen(self) -> dict[str, tuple[str, ...]]:
        """Target → subjects that the reader sees now."""
        return {pane.sighting.target.name: pane.subjects for pane in self.panes if pane.sighting is not None}

    @property
    def sidebar(self) -> Sidebar:
        """The sidebar."""
        return self._side.bar

    @property
    def problems(self) -> Problems:
        """The list of what is wrong."""
        return self._front.listing

    @property
    def read(self) -> Shown:
        """What the reader looks at: the problems, where they have the keys, else the focused pane."""
        return self.problems if self.problems.has_focus else self.focused_pane

    @property
    def focused_pane(self) -> Pane:
        """The pane that has the keys, or had them last."""
        focused = self.focused
        return next(
            (pane for pane in self.panes if focused is not None and pane in focused.ancestors), self._last
        )

    @property
    def _last(self) -> Pane:
        marked = next((pane for pane in self.panes if pane.has_class("-focused")), None)
        return marked if marked is not None else self.panes[0]

    def post(self, work: Callable[[], None]) -> None:
        """Run something on the screen's thread, from another. Raises RuntimeError where the loop is closed."""
        if self._loop is None:
            raise RuntimeError("the screen is not there yet")
        self._loop.call_soon_threadsafe(work)

    # Layout

    def on_resize(self, event: events.Resize) -> None:
        """Choose the layout that fits."""
        if event.size != self.app.size:
            # The terminal has had another size since. A layout for this one would tell this screen of it again, behind
            # the news of the other, and the two would chase each other for ever.
            event.prevent_default()
            return
        self._choose_layout(event.size)
        self._show_soon()

    @property
    def _room(self) -> Size:
        """What each of four panes gets of the screen, about."""
        width, height = self.app.size
        return Size((width - 1) // 2, height // 2) if self.has_class("-wide") else Size(width, height // 4)

    def _choose_layout(self, size: Size, *, update: bool = True) -> None:
        columns, rows = TWO_COLUMNS_FROM
        wide = size.width >= columns and size.height >= rows
        self.set_class(wide, "-wide", update=update)
        self.set_class(not wide, "-narrow", update=update)

    def action_zoom(self, kind: str) -> None:
        """One pane alone, or all four."""
        self._zoomed = kind
        self._front.stand_alone(self, kind == PROBLEMS)
        if kind == PROBLEMS:
            self.set_focus(self.problems)
            self._show_soon()
            return
        focus: Pane | None = None
        for pane in self.panes:
            pane.display = not kind or pane.face.kind.value == kind
            if kind and pane.display:
                focus = pane
        self.set_class(bool(kind), "-zoomed")
        # At once: a key that is typed ahead must not find the focus where it was before.
        self.set_focus((focus or self.focused_pane).table)
        self._show_soon()

    def _show_soon(self) -> None:
        if self._glance is not None:
            self.call_after_refresh(self.show, self._glance, self._paused_s)

    def action_zoom_focused(self) -> None:
        """The pane with the keys alone."""
        self.action_zoom(self.focused_pane.face.kind.value)

    def toggle_sidebar(self) -> None:
        """Show the sidebar and go there, or hide it and go back."""
        self._side.toggle(self._behind)
        self.call_after_refresh(self._show_sidebar)

    def _behind(self) -> Widget:
        """Who gets the keys where the sidebar goes."""
        return self.problems if self._zoomed == PROBLEMS else self.focused_pane.table

    def _show_sidebar(self) -> None:
        self._side.tell(self.read, self._glance)

    def on_sidebar_left(self, event: Sidebar.Left) -> None:
        """Esc in the sidebar."""
        event.stop()
        if self._side.is_shown:
            self.toggle_sidebar()

    # Messages of the panes

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Give the focused pane its room."""
        pane = next((pane for pane in self.panes if pane in event.widget.ancestors), None)
        if pane is not None:
            for other in self.panes:
                other.set_class(other is pane, "-focused")
        self.show_note(self._note)
        self._show_sidebar()

    def on_pane_changed(self, event: Pane.Changed) -> None:
        """Follow the selection."""
        event.stop()
        if event.pane is self.focused_pane:
            self._show_sidebar()
            self._show_bar()

    def on_pane_zoom(self, event: Pane.Zoom) -> None:
        """More of one pane, or all of them again."""
        event.stop()
        if event.more:
            self.action_zoom(event.pane.face.kind.value)
        elif self._zoomed:
            self.action_zoom("")
        elif self._side.is_shown:
            self.toggle_sidebar()

    # Messages of the problems

    def on_table_selected(self, event: Table.Selected) -> None:
        """Follow the selection in the list of problems."""
        if event.table is self.problems:
            self._show_sidebar()
            self._show_bar()
            self._front.tell_again()

    def on_problems_zoom(self, event: Problems.Zoom) -> None:
        """More of the list, or the panes again."""
        event.stop()
        if event.more or self._zoomed:
            self.action_zoom(PROBLEMS if event.more else "")
        elif self._side.is_shown:
            self.toggle_sidebar()
        if not event.more:
            self.set_focus(self.focused_pane.table)

    def on_problems_jump(self, event: Problems.Jump) -> None:
        """Go to the row that a finding is about."""
        event.stop()
        sighting = self.problems.sighting
        kind = sighting.target.kind if sighting is not None else None
        pane = next((pane for pane in self.panes if pane.face.kind is kind), None)
        if pane is None:
            self.show_note(f"no pane shows {event.finding.target}")
            return
        self.action_zoom("")
        self.set_focus(pane.table)
        if not pane.reveal(event.finding.target, event.finding.subject):
            self.show_note(f"no row is about {event.finding.subject or event.finding.target}")

    def on_problems_guide(self, event: Problems.Guide) -> None:
        """Read the entry that answers a finding; where none is known yet, what is suggested."""
        event.stop()
        ids = self.problems.guides_of(event.finding) if event.finding is not None else ()
        self._side.read(ids[0] if ids else "", event.section, self._behind)
        self.call_after_refresh(self._show_sidebar)

    def on_problems_lift(self, event: Problems.Lift) -> None:
        """Tell again what was made quiet by key; what the configuration keeps quiet is changed there."""
        event.stop()
        if event.quiet.rule is not None:
            self.post_message(self.Loud(event.quiet.rule))
        else:
            self.show_note(f"[[quiet]] of triage.toml says so: {event.quiet.reason}")

    async def on_problems_hush(self, event: Problems.Hush) -> None:
        """Keep a finding quiet: for an hour at once, for good with a reason."""
        event.stop()
        if event.snooze:
            self.post_message(self.Known(event.finding, ""))
        else:
            await self._front.ask_why(self, event.finding)

    def on_reason_given(self, event: Reason.Given) -> None:
        """Back to the list, with a reason or without one."""
        event.stop()
        self.set_focus(self.problems)
        if event.finding is not None and event.reason:
            self.post_message(self.Known(event.finding, event.reason))

    # Actions

    @property
    def offers(self) -> Sequence[Offer]:
        """What can be done to what the reader has before them; nothing where all is read-only."""
        return self._offering.offers(self._glance)

    def action_act(self, key: str) -> None:
        """What a key would do to what the reader has before them; it is asked about first."""
        self._offering.begin(self._glance, lambda offer: offer.key == key, f"{key} does nothing here")

    def act_by_id(self, id: str) -> None:
        """Likewise, by the id of an action."""
        self._offering.begin(self._glance, lambda offer: offer.id == id, f"{id} does not apply here")

    # Checks

    async def action_check(self) -> None:
        """Ask what is worth asking about what the reader has before them."""
        from triage_tui.ui.checks.chosen import chosen

        entry = self.sidebar.reader.entry if self._side.is_shown and self.sidebar.has_focus_within else None
        if self._glance is not None:
            about, questions = chosen(self._glance.picture, self.problems, self.focused_pane, entry)
            await self._checks.ask(about, questions, self._bar)

    async def on_panel_again(self, event: Panel.Again) -> None:
        """The same once more."""
        event.stop()
        await self._checks.ask(event.about, event.questions, self._bar)

    def on_panel_left(self, event: Panel.Left) -> None:
        """Esc in the answers."""
        event.stop()
        self._checks.close(self._behind())
