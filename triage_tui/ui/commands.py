"""The palette: what it offers, and Textual's own made to survive being closed while it is busy."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from textual.app import SystemCommand
from textual.command import CommandPalette, Provider, SimpleCommand, SimpleProvider
from textual.screen import Screen

from triage_tui.actions.registry import KEYS as ACTION_KEYS
from triage_tui.actions.registry import here
from triage_tui.config.settings import CommandSpec
from triage_tui.model.deeds import ACTIONS
from triage_tui.text import safe
from triage_tui.ui.keys import KEYS

if TYPE_CHECKING:
    from triage_tui.ui.overview import Overview


class Commands(CommandPalette):
    """Its watchers look for widgets that are gone when Esc was quicker than the search for commands.

    Textual would take that for a defect of the app and end it.
    """

    def _watch__list_visible(self) -> None:
        if self._is_whole:
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if self._is_whole:
            await super()._watch__show_busy()

    @property
    def _is_whole(self) -> bool:
        return all(self.query(name) for name in ("CommandList", "LoadingIndicator", "#--input"))


def offered(
    run: Callable[[str], Awaitable[bool]],
    overview: Overview,
    own: Sequence[CommandSpec],
    begin: Callable[[CommandSpec], None],
) -> Iterator[SystemCommand]:
    """Everything: keys, actions, the team's own commands, screens, checks. run: an action of the app by its name."""
    for key in KEYS:
        if key.action and key.action != "command_palette":
            yield SystemCommand(key.long, f"key {key.shown}", partial(run, key.action))
    for id in here():
        act = partial(overview.act_by_id, id)
        yield SystemCommand(f"{ACTIONS[id]} ({id})", f"key {ACTION_KEYS[id]}, asked about first", act)
    for title, callback, about in own_commands(own, begin):
        yield SystemCommand(title, about or "", callback)
    for number, pane in enumerate(overview.panes, start=2):
        zoom = partial(overview.action_zoom, pane.face.kind.value)
        yield SystemCommand(f"{pane.face.title} alone", f"key {number}", zoom)
    yield SystemCommand("all panes", "key 1", partial(overview.action_zoom, ""))
    yield SystemCommand("check what is selected", "key c; only reads", overview.action_check)


def own_commands(
    commands: Sequence[CommandSpec], begin: Callable[[CommandSpec], None]
) -> list[SimpleCommand]:
    """The team's own commands, for a palette. begin: asks about one."""
    return [
        SimpleCommand(
            _plain(f"run {spec.name}: {safe(spec.about) or safe(' '.join(spec.argv))}"),
            partial(begin, spec),
            _plain(f"command.{spec.name}, asked about first"),
        )
        for spec in commands
    ]


def palette_of(screen: Screen[Any], commands: Sequence[SimpleCommand], placeholder: str) -> Commands:
    """A palette of these alone."""
    # Textual's own `search_commands` hands over an object, too, which answers to being called as its class would be.
    only = cast("type[Provider]", SimpleProvider(screen, list(commands)))
    return Commands(providers=[only], placeholder=placeholder, id="--command-palette")


def _plain(text: str) -> str:
    """The text as markup that says just this. Textual's `escape` lets `[$x]` through."""
    return text.replace("[", "\\[")
