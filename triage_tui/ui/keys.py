"""The keys, in one list: the bar at the bottom, the help screen and the palette are made from it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from triage_tui.actions.registry import KEYS as ACTION_KEYS
from triage_tui.actions.registry import here
from triage_tui.model.deeds import ACTIONS
from triage_tui.ui.cells import Cell, Line, hanging, join


class Key(Struct, frozen=True):
    """One key (or several) and what it does.

    key     as Textual spells it, several separated by commas
    shown   as people read it
    action  name of the app's action; empty where the focused widget answers the key
    short   for the bar; empty: not in the bar
    """

    key: str
    shown: str
    action: str
    short: str
    long: str


KEYS = (
    Key("question_mark", "?", "help", "help", "this page"),
    Key("q", "q", "quit", "quit", "leave; Ctrl+C does the same everywhere"),
    Key(
        "0,1,2,3,4,5",
        "0-5",
        "",
        "screens",
        "0 what is wrong, 1 all panes, 2 containers, 3 PostgreSQL, 4 Redis and queues, 5 host",
    ),
    Key("tab", "Tab", "", "pane", "go to the next pane; Shift+Tab to the one before"),
    Key("j,k", "j k", "", "", "move down, up; arrows, Page and Home/End move as well"),
    Key("slash", "/", "", "search", "show only rows that hold these words; Enter keeps, Esc clears"),
    Key("o", "o", "", "order", "order by the next column; a click on a title does the same"),
    Key("i", "i", "", "", "turn the order round"),
    Key("enter", "Enter", "", "", "this pane alone, with all its columns; Esc goes back"),
    Key("left_square_bracket", "[ ]", "", "", "the previous, the next target of this kind"),
    Key("t", "t", "", "", "of Redis: its clients in place of its queues, and back"),
    Key("g,ctrl+g", "g", "toggle_sidebar", "guide", "guides for what is wrong now, and the selected row in full"),
    Key("v", "v", "", "", "among the problems: go to the row that the problem is about"),
    Key("c", "c", "", "check", "ask the checks of the selected problem, row or guide; they only read"),
    Key("z,x", "z x", "", "", "among the problems: quiet for an hour; for good, with a reason; once more: told"),
    Key("W", "W", "read_only", "", "read-only: on at once; off by typing the environment's name, where allowed"),
    Key("E", "E", "own_commands", "", "the team's own commands, from triage.toml; each is asked about first"),
    Key("H", "H", "runs", "", "what is under way, and what was done before; there X ends the waiting"),
    Key("space", "Space", "pause", "pause", "hold the screen still; collection goes on"),
    Key("r", "r", "refresh", "look now", "look at everything now, also where access was denied"),
    Key("y", "y", "copy", "copy", "copy the selected row's name to the clipboard"),
    Key("colon,ctrl+p", ":", "command_palette", "", "the palette: every command by name; Ctrl+P does the same"),
    Key("ctrl+z", "Ctrl+Z", "suspend_process", "", "back to the shell for a while; `fg` returns here"),
)  # fmt: skip


PROBLEM_KEYS = (
    ("Enter", "in full"), ("g", "guide"), ("c", "checks"), ("v", "go to the row"),
    ("z", "snooze"), ("x", "ignore"), ("y", "copy"), ("Esc", "back"),
)  # fmt: skip
"""What the keys do while the list of problems has them."""

CHECK_KEYS = (("j k", "answers"), ("c", "ask again"), ("g", "guide"), ("Esc", "close"))
"""What they do while answers of checks have them."""


def bar_line(
    note: str | None = None,
    *,
    problems: bool = False,
    checks: bool = False,
    actions: Sequence[tuple[str, str]] = (),
    other: str = "",
) -> Line:
    """The bar at the bottom; a note takes its place for a while. problems, checks: they have the keys. actions: keys
    that change something, and their words, where they apply. other: what `t` shows, where the focused pane has it."""
    if note is not None:
        return (Cell(f" {note}", "accent"),)
    usual = [(key.shown, key.short) for key in KEYS if key.short]
    keys = CHECK_KEYS if checks else PROBLEM_KEYS if problems else usual
    parts: list[Line] = [(Cell(shown, "warn"), Cell(f" {word}")) for shown, word in actions]
    keys = [("t", other), *keys] if other and keys is usual else keys
    parts += [(Cell(shown, "strong"), Cell(f" {short}", "dim")) for shown, short in keys]
    return (Cell(" "), *join(parts))


def help_lines(width: int) -> list[Line]:
    """All keys with what they do, broken at the width."""
    return [line for key in KEYS for line in hanging((Cell(f"{key.shown:>7}  ", "strong"),), key.long, width)]


def action_keys() -> tuple[str, ...]:
    """The keys of all actions, each once, as Textual spells them."""
    return tuple(dict.fromkeys(ACTION_KEYS[id] for id in here()))


def action_lines(width: int) -> list[Line]:
    """All actions with their keys, broken at the width."""
    return [
        line
        for id in here()
        for line in hanging(
            (Cell(f"{ACTION_KEYS[id]:>7}  ", "warn"), Cell(f"{id:<25}", "strong")), ACTIONS[id], width
        )
    ]
