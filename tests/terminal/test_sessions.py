"""Whole sessions, each of whose writes is replayed in the program itself, and whose last screen is the right one."""

from __future__ import annotations

import difflib
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.servers.require import unavailable
from tests.terminal.conftest import Check, Open, scene
from tests.terminal.program import PYTHON, Program
from tests.terminal.sequences import unlisted
from tests.terminal.sessions import ESCAPE, await_answers, let_go_on, press_until, take
from tests.terminal.still import FOREIGN_FRAMES, SECRET

LAST = f"frame-{FOREIGN_FRAMES}"
HUGE = (500, 200)
TINY = (1, 1)

TERMINALS: Mapping[str, Mapping[str, str]] = {
    "true colour": {},
    "256 colours": {"COLORTERM": ""},
    "16 colours": {"TERM": "xterm", "COLORTERM": ""},
    "no colour": {"NO_COLOR": "1"},
    "ASCII": {"LC_ALL": "C"},
}

keys = st.sampled_from(["j", "k", "0", "1", "2", "3", "4", "5", "]", "?", ":", " ", ESCAPE])
"""Whatever they do can be taken back by `go_home`."""

sizes = st.sampled_from([TINY, (2, 3), (20, 5), (80, 24), (139, 45), (200, 60)])
storms = st.integers(2, 40)
steps = st.lists(keys | sizes | storms, min_size=4, max_size=12)


def go_home(program: Program) -> None:
    """All panes from their first rows on, at the usual size, with nothing open and nothing held."""
    program.resize(140, 45)
    for key in (ESCAPE, ESCAPE):
        take(program, key)
    # On a screen that is still a small one's nothing tells of a pause.
    press_until(program, ESCAPE, lambda: is_whole(program))
    let_go_on(program)
    for pane in "5432":
        take(program, pane)
        take(program, "\x1b[H")
    take(program, "1")
    await_answers(program)


def is_whole(program: Program) -> bool:
    """The bar stands in the last row."""
    return "? help" in program.lines[-1]


def steady(program: Program) -> list[str]:
    """The screen without the clock."""
    return [program.lines[0][:100], *program.lines[1:]]


def assert_ends_as_untouched(program: Program, environ: Mapping[str, str] = {}) -> None:
    """Sooner or later, its screen is the one of a program that nobody has touched."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Program(scene("foreign", f"{folder}/asked"), environ=environ) as other,
    ):
        other.wait_for(LAST)

        def are_equal() -> bool:
            other.read(0)
            return steady(program) == steady(other)

        try:
            program.wait_until(are_equal, "the same screen as one that nobody has touched")
        except AssertionError as error:
            lines = difflib.ndiff(steady(other), steady(program))
            raise AssertionError("\n".join(line for line in lines if line[0] in "+-")) from error


def assert_left_in_order(program: Program) -> None:
    """`q` leaves; nothing was sent that no program like this one has to send, and no secret."""
    program.press("q")
    assert program.wait_for_exit() == 0
    assert program.modes.left_over == []
    assert unlisted(program.sent) == []
    assert SECRET not in program.sent


# An example takes seconds: a failing one is told as it is, and not made smaller.
@settings(max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.sampled_from(sorted(TERMINALS)), steps)
def test_any_session(terminal: str, taken: list[str | tuple[int, int] | int]) -> None:
    """Names of every width move meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        check = Check(Path(folder))
        environ = {**TERMINALS[terminal], **check.environ}
        with Program(scene("foreign", f"{folder}/asked"), environ=environ) as program:
            program.wait_for("PostgreSQL")
            for step in taken:
                take(program, step)
            go_home(program)
            assert_ends_as_untouched(program, TERMINALS[terminal])
            assert_left_in_order(program)
        check.assert_right()


def test_a_tiny_terminal(in_terminal: Open, check: Check, tmp_path: Path) -> None:
    columns, rows = TINY
    program = in_terminal(
        *scene("foreign", str(tmp_path / "asked")), columns=columns, rows=rows, environ=check.environ
    )
    program.wait_until(lambda: "1049" in program.modes.on, "the alternate screen")
    for key in "j2j1":
        take(program, key)
    go_home(program)
    assert_ends_as_untouched(program)
    assert_left_in_order(program)
    check.assert_right()


def test_a_huge_terminal(in_terminal: Open, tmp_path: Path) -> None:
    columns, rows = HUGE
    program = in_terminal(*scene("foreign", str(tmp_path / "asked")), columns=columns, rows=rows)
    program.wait_until(lambda: LAST in program.text and is_whole(program), "all of the screen")
    assert "systemd" in program.text
    go_home(program)
    assert_ends_as_untouched(program)
    assert_left_in_order(program)


def test_left_and_resumed_at_another_size(in_terminal: Open, check: Check, tmp_path: Path) -> None:
    program = in_terminal("sh", "-i", environ={"PS1": "$ ", "ENV": "", **check.environ})
    program.wait_for("$ ")
    program.press(f"{PYTHON} -m tests.terminal.still foreign {tmp_path / 'asked'}\r")
    program.wait_for("PostgreSQL")
    for columns, rows in ((80, 24), (200, 60)):
        program.press("\x1a")
        program.wait_until(lambda: not program.modes.left_over, "modes put back")
        program.resize(columns, rows)
        program.press("fg\r")
        program.wait_until(lambda: "1049" in program.modes.on, "back again")
        program.wait_until(lambda: is_whole(program), "the bar")
    go_home(program)
    assert_ends_as_untouched(program)
    program.press("q")
    program.wait_until(lambda: not program.modes.left_over, "modes put back")
    program.press("exit 7\r")
    assert program.wait_for_exit() == 7
    check.assert_right()


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[tuple[str, ...]]:
    """The command of a tmux with a server of its own, which has nothing but the window."""
    # Its socket has a longest name.
    with tempfile.TemporaryDirectory(prefix="tmux-", dir="/tmp") as folder:
        configuration = tmp_path / "tmux.conf"
        configuration.write_text("set -g status off\nset -g default-terminal tmux-256color\n")
        command = ("tmux", "-S", f"{folder}/s", "-f", str(configuration))
        try:
            subprocess.run([*command, "-V"], check=True, capture_output=True)
        except OSError as error:
            unavailable("tmux", str(error))
        yield command
        subprocess.run([*command, "kill-server"], capture_output=True, check=False)


def test_tmux_detached_and_attached_at_another_size(
    in_terminal: Open, check: Check, tmux: tuple[str, ...], tmp_path: Path
) -> None:
    first = in_terminal(
        *tmux,
        "new-session",
        *scene("foreign", str(tmp_path / "asked")),
        columns=100,
        rows=30,
        environ=check.environ,
    )
    first.wait_for("PostgreSQL")
    subprocess.run([*tmux, "detach-client"], check=True)
    assert first.wait_for_exit() == 0
    second = in_terminal(*tmux, "attach")
    second.wait_until(lambda: LAST in second.text and is_whole(second), "the whole screen")
    go_home(second)
    assert_ends_as_untouched(second)
    second.press("q")
    assert second.wait_for_exit() == 0
    check.assert_right()
