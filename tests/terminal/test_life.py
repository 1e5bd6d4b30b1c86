"""A terminal that stalls, changes its size in a storm, or is left for a while."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.terminal.conftest import Open, scene
from tests.terminal.program import PYTHON, Program
from tests.terminal.sequences import unlisted
from tests.terminal.stalling import asked, stall, wait_unread
from tests.terminal.still import FRAMES
from tests.terminal.walking import walk_through

LAST = f"frame-{FRAMES}"
BACKLOG = 40 * 1024
"""Characters that may come after a stall. All pictures together are some 70 KiB."""

LEAVES_WITHIN_S = 3.0 + 2.0
"""Three seconds, and two for a machine that is busy with other tests."""


def test_a_stall_holds_nothing_up_and_leaves_no_backlog(in_terminal: Open, tmp_path: Path) -> None:
    file = tmp_path / "asked"
    program = in_terminal(*scene("moving", str(file)))
    stall(program, file)
    wait_unread(lambda: asked(file) > FRAMES, "all pictures are asked for while the terminal stalls")
    read_before = len(program.sent)
    program.wait_for(LAST)
    program.wait_until(lambda: f"{FRAMES}-0-" in program.text, "the last picture's containers")
    # What the kernel held, the rest of one difference, and another one to the last picture.
    assert len(program.sent) - read_before < BACKLOG
    whole = in_terminal(*scene("moving", str(tmp_path / "other")))
    whole.wait_for(LAST)
    whole.wait_until(
        lambda: steady(whole) == steady(program), f"the same screen as without a stall {program.text}"
    )
    program.press("q")
    assert program.wait_for_exit() == 0
    assert unlisted(program.sent) == []


def test_a_stalled_terminal_does_not_keep_the_program(in_terminal: Open, tmp_path: Path) -> None:
    file = tmp_path / "asked"
    program = in_terminal(*scene("moving", str(file)))
    stall(program, file)
    program.signal(signal.SIGTERM)
    assert program.wait_for_end_unread(LEAVES_WITHIN_S) == 143


def test_a_hundred_resizes_leave_the_right_screen(in_terminal: Open) -> None:
    program = in_terminal(*scene("incident"), columns=100, rows=30)
    program.wait_for("PostgreSQL")
    for step in range(100):
        program.resize(60 + step % 90, 15 + step % 40)
    program.resize(140, 45)
    fresh = in_terminal(*scene("incident"))
    for one in (program, fresh):
        one.wait_until(lambda one=one: is_whole(one), "the whole screen")  # type: ignore[misc]
    shown, wanted = steady(program), steady(fresh)
    program.wait_until(lambda: steady(program) == wanted, f"the screen of a fresh start; now {shown}")
    assert unlisted(program.sent) == []


def is_whole(program: Program) -> bool:
    """The last pane and the bar are there."""
    return "y copy" in program.lines[-1] and "systemd" in program.text


def steady(program: Program) -> list[str]:
    """The screen without the clock."""
    return [program.lines[0][:100], *program.lines[1:]]


def test_it_is_left_and_comes_back(in_terminal: Open) -> None:
    program = in_terminal("sh", "-i", environ={"PS1": "$ ", "ENV": ""})
    program.wait_for("$ ")
    program.press(f"{sys.executable} -m tests.terminal.still incident\r")
    program.wait_until(lambda: is_whole(program), "the whole screen")
    before = steady(program)
    program.press("\x1a")
    program.wait_until(
        lambda: "topped" in program.sent and not program.modes.left_over, "stopped, modes put back"
    )
    program.press("fg\r")
    program.wait_until(lambda: "1049" in program.modes.on and steady(program) == before, "the same screen")
    program.press("j")
    program.press("q")
    program.wait_until(lambda: not program.modes.left_over, "modes put back")
    program.press("exit 7\r")
    assert program.wait_for_exit() == 7


@pytest.mark.parametrize("size", [(140, 45), (80, 24)])
def test_the_replica_tells_no_lies(in_terminal: Open, tmp_path: Path, size: tuple[int, int]) -> None:
    """Every write is replayed in the program itself, and compared with what the terminal should show."""
    file, check = tmp_path / "asked", tmp_path / "check"
    columns, rows = size
    program = in_terminal(
        *scene("moving", str(file)),
        columns=columns,
        rows=rows,
        environ={"TRIAGE_CHECK_TERMINAL": str(check)},
    )
    program.wait_for("PostgreSQL")
    program.resize(rows, columns)
    program.resize(columns, rows)
    walk_through(program)
    last = check.read_text().splitlines()
    assert last[-1].endswith("writes, 0 wrong"), last
    assert int(last[-1].split()[0]) > 5


def test_client_libraries_come_after_the_first_paint(in_terminal: Open, tmp_path: Path) -> None:
    file = tmp_path / "loaded"
    program = in_terminal(PYTHON, "-m", "tests.terminal.loaded", str(file))
    program.wait_for("PostgreSQL")
    program.wait_for("✗ DOWN")
    program.press("q")
    assert program.wait_for_exit() == 0
    painted, ended = file.read_text().splitlines()
    assert painted == "painted:"
    assert ended == "ended: docker psycopg redis"
