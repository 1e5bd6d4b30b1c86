"""The application: owns the engine and the screen, and brings the one's pictures to the other."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Event, Key
from textual.message import Message
from textual.screen import Screen

from triage_tui.config.settings import Settings
from triage_tui.guides.places import cache_folder
from triage_tui.model import Diagnosis, Picture
from triage_tui.text import safe
from triage_tui.ui.acting.hand import Hand
from triage_tui.ui.alarm import Alarm
from triage_tui.ui.checks.asks import Asks
from triage_tui.ui.collects import Collects
from triage_tui.ui.glance import Glance
from triage_tui.ui.guides.desk import Desk
from triage_tui.ui.help import Help
from triage_tui.ui.keys import KEYS
from triage_tui.ui.memory import TIDY_S, Tidying
from triage_tui.ui.overview import Overview
from triage_tui.ui.palette import Palette
from triage_tui.ui.terminal_app import TerminalApp
from triage_tui.ui.tour import Stop, Tour

if TYPE_CHECKING:
    from triage_tui.ui.sidebar import Sidebar

TICK_S = 1.0
"""How often ages are brought up to date. They are shown in whole seconds."""

LOOK_BACK_S = 3.0
"""When it is told what an earlier session left open: the first looks come first."""

NOTE_S = 4.0
"""How long a note stands in the bar."""


class TriageApp(TerminalApp):
    """The cockpit.

    painted  called once, after the first paint
    desk     where guides are asked; None: one for the guides that ship and those of the settings
    """

    CSS_PATH = "triage.tcss"
    TITLE = "triage"
    ENABLE_COMMAND_PALETTE = True
    AUTO_FOCUS = None
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key.key, key.action, key.long, show=False) for key in KEYS if key.action),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    class News(Message):
        """The engine has something new. Many of them are as good as one."""

        def can_replace(self, message: Message) -> bool:
            """A newer one takes the place of one that still waits."""
            return isinstance(message, TriageApp.News)

    def __init__(
        self,
        engine: Collects,
        settings: Settings,
        palette: Palette,
        *,
        painted: Callable[[], None] = lambda: None,
        tour: bool = False,
        desk: Desk | None = None,
    ) -> None:
        super().__init__(palette)
        self._engine = engine
        self._painted = painted
        self._settings = settings
        self._desk = desk if desk is not None else _desk(settings)
        self._asks = Asks(engine, settings)
        self._hand = Hand(
            self, palette, engine, settings, lambda work: self._overview.post(work), self._show, self._note
        )
        self._overview = Overview(palette, self._desk, self._asks.ask, self._hand)
        self._unsubscribe: Callable[[], None] | None = None
        self._held: tuple[Picture, Diagnosis] | None = None
        self._held_at = 0.0
        self._seen: dict[str, tuple[str, ...]] = {}
        self._note_until = 0.0
        self._notes: tuple[str, ...] = ()
        self._alarm = Alarm(settings.screen, settings.environment, unicode=palette.unicode)
        self._tour = Tour(self._show_stop, self.set_timer, self._end_tour) if tour else None
        self._news_waits = False

    def refresh_css(self, animate: bool = True) -> None:
        """Style everything anew, where there is something: at the start Textual parses all of CSS twice otherwise."""
        if self._overview.is_mounted:
            super().refresh_css(animate)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        from triage_tui.ui.commands import offered

        own = self._settings.commands
        return offered(self.run_action, self._overview, own, self._hand.begin_command)

    def get_default_screen(self) -> Overview:
        """The Overview is the first screen, so that nothing else is ever laid out or painted before it."""
        return self._overview

    def on_mount(self) -> None:
        """Paint first; look afterwards."""
        # What is watched is known before anything has been looked at: the first paint names it.
        self._show()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self._painted()
        loop = asyncio.get_running_loop()

        def on_news() -> None:
            # Called on the engine's thread. While one piece of news waits for the loop no second one is sent, so a
            # loop that is held up by a slow terminal finds one message afterwards, not a thousand.
            if not self._news_waits and not loop.is_closed():
                self._news_waits = True
                loop.call_soon_threadsafe(self.post_message, self.News())

        self._unsubscribe = self._engine.subscribe(on_news)
        self._engine.start()
        self.set_interval(TICK_S, self._show)
        self.set_interval(TIDY_S, Tidying())
        self.set_timer(LOOK_BACK_S, self._hand.look_back)
        if self._tour is not None:
            self._tour.go_on()

    def on_unmount(self) -> None:
        """Stop looking."""
        self._life.stop()
        self._desk.close()
        self._hand.close()
        self._asks.close()
        if self._unsubscribe is not None:
            self._unsubscribe()

    def on_triage_app_news(self) -> None:
        """Show what is known now."""
        self._news_waits = False
        self._show()

    def _show(self) -> None:
        now = time.monotonic()
        picture, diagnosis = self._held if self._held is not None else self._known()
        held_s = now - self._held_at if self._held is not None else None
        shown = self._hand.guarded(picture)
        self._overview.show(Glance(shown, self._settings.thresholds, held_s or 0.0, diagnosis), held_s)
        self._overview.show_doings(self._hand.lines(self.size.width))
        self._call(diagnosis)
        for target, subjects in self._overview.seen().items():
            if self._seen.get(target, ()) != subjects:
                self._seen[target] = subjects
                self._engine.focus(target, subjects)
        if diagnosis.notes != self._notes:
            self._notes = diagnosis.notes
            if self._notes:
                self._note(self._notes[0])
        if self._note_until and now > self._note_until:
            self._note_until = 0.0
            self._overview.show_note(None)

    def _call(self, diagnosis: Diagnosis) -> None:
        title = self._alarm.title(diagnosis)
        if title is not None:
            self.set_title(title)
        if self._alarm.rings(diagnosis):
            self.bell()

    def _known(self) -> tuple[Picture, Diagnosis]:
        return self._engine.picture(), self._engine.diagnosis()

    async def on_event(self, event: Event) -> None:
        """Every event passes here first: a key of the reader ends the tour."""
        if isinstance(event, Key) and self._tour is not None:
            self._tour.end()
        await super().on_event(event)

    def _show_stop(self, stop: Stop) -> None:
        self._overview.action_zoom(stop.alone.value if stop.alone is not None else "")
        self._note_until = 0.0
        self._overview.show_note(stop.caption)

    def _end_tour(self) -> None:
        self._overview.action_zoom("")
        self._overview.show_note(None)

    def _note(self, text: str) -> None:
        self._note_until = time.monotonic() + NOTE_S
        self._overview.show_note(text)

    # Actions

    def action_toggle_sidebar(self) -> None:
        """Show or hide the sidebar."""
        self._overview.toggle_sidebar()

    def action_pause(self) -> None:
        """Hold the screen still, or let it go on."""
        self._held = self._known() if self._held is None else None
        self._held_at = time.monotonic()
        self._show()

    def action_read_only(self) -> None:
        """Nothing may be changed, at once; or ask to allow it again."""
        self._hand.acting.turn()

    def action_refresh(self) -> None:
        """Look at everything now."""
        self._engine.refresh()
        self._note("looking at everything now")

    def action_copy(self) -> None:
        """Copy the selected row's name. A clipboard is pasted into shells: no control character may be in it."""
        details = self._overview.read.details
        if details:
            name = safe(details[0][1])
            self.copy_to_clipboard(name)
            self._note(f"copied: {name}")
        else:
            self._note("nothing is selected")

    def on_sidebar_copied(self, event: Sidebar.Copied) -> None:
        """Copy a command of a guide; it is made of visible characters and ends of lines alone."""
        event.stop()
        self.copy_to_clipboard(event.text)
        self._note(f"copied: {event.text.splitlines()[0]}")

    def on_overview_known(self, event: Overview.Known) -> None:
        """Keep a finding quiet, and hand over what would do so in the configuration."""
        from triage_tui.config.starter import quiet_table
        from triage_tui.ui.problems.hushing import rule_about, said_of

        event.stop()
        rule = rule_about(event.finding, self._engine.picture().wall_at, safe(event.reason))
        if rule.until is None:
            self.copy_to_clipboard(quiet_table(rule))
        self._engine.quieten(rule, self._later(lambda why: said_of(rule, why)))

    def on_overview_loud(self, event: Overview.Loud) -> None:
        """Tell again what was made quiet by key."""
        from triage_tui.ui.problems.hushing import lifted

        event.stop()
        self._engine.lift(event.rule, self._later(lifted))

    def _later(self, said: Callable[[str], str]) -> Callable[[str], None]:
        """For the engine, from its thread: what is said when the disk has answered."""

        def told(why: str) -> None:
            # Where the screen's loop is closed nobody reads it.
            with contextlib.suppress(RuntimeError):
                self._overview.post(lambda: self._note(said(why)))

        return told

    def action_command_palette(self) -> None:
        """The palette of commands, unless it is open."""
        from triage_tui.ui.commands import Commands

        if not isinstance(self.screen, Commands):
            self.push_screen(Commands(id="--command-palette"))

    def action_own_commands(self) -> None:
        """The palette of the team's own commands."""
        from triage_tui.ui.commands import Commands, own_commands, palette_of

        if not self._settings.commands:
            self._note(
                f"{safe(self._settings.origin)} has no commands; `triage init` shows how one is written"
            )
        elif not isinstance(self.screen, Commands):
            named = own_commands(self._settings.commands, self._hand.begin_command)
            self.push_screen(palette_of(self.screen, named, "which of the team's own commands?"))

    def action_runs(self) -> None:
        """What is under way, and what was done before."""
        self._hand.acting.show_runs()

    def action_help(self) -> None:
        """The help page."""
        self.push_screen(Help(self._palette))


def _desk(settings: Settings) -> Desk:
    """The desk for the guides that ship and the reader's own."""

    def folders() -> tuple[Path, ...]:
        from triage_tui.guides.places import all_folders

        return all_folders(settings.guide_folders)

    return Desk(folders, cache_folder(os.environ))
