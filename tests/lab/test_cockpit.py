"""`triage demo` as people use it: in a terminal, left in every way that there is."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.lab.leftovers import descendants, expect_nothing_left, names
from tests.terminal.program import PYTHON, Program

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.usefixtures("both_servers")]

PATIENCE_S = 60.0
DEMO = (PYTHON, "-m", "triage_tui.cli", "demo")


@contextmanager
def _demo(temporary: Path, *, columns: int = 140, rows: int = 45) -> Iterator[Program]:
    with Program(DEMO, columns=columns, rows=rows, environ={"TMPDIR": str(temporary)}) as program:
        program.wait_for("platform-par", PATIENCE_S)
        yield program


def _servers_of(program: Program) -> list[psutil.Process]:
    found = descendants(program.pid)
    assert {"postgres", "redis-server"} <= names(found)
    return found


@pytest.mark.parametrize(
    ("key", "columns", "rows"),
    [("q", 80, 24), ("\x03", 200, 60)],
)
def test_it_shows_the_company_and_a_key_ends_it_and_leaves_nothing(
    open_folder: Path, key: str, columns: int, rows: int
) -> None:
    with _demo(open_folder, columns=columns, rows=rows) as program:
        for part in ("encounters", "gateway", "load"):
            program.wait_for(part, PATIENCE_S)
        left = _servers_of(program)
        program.press(key)
        assert program.wait_for_exit(PATIENCE_S) == 0, program.text
        assert not program.modes.left_over
        expect_nothing_left(left, open_folder)


def test_a_signal_ends_it_and_leaves_nothing(open_folder: Path) -> None:
    """SIGTERM; what a SIGKILL leaves is looked at in test_demo.py."""
    with _demo(open_folder) as program:
        left = _servers_of(program)
        program.signal(signal.SIGTERM)
        assert program.wait_for_exit(PATIENCE_S) == 143
        expect_nothing_left(left, open_folder)


def test_a_terminal_that_is_gone_ends_it_and_leaves_nothing(open_folder: Path) -> None:
    with _demo(open_folder) as program:
        left = _servers_of(program)
        program.hang_up()
        program.wait_for_end_unread(PATIENCE_S)
        expect_nothing_left(left, open_folder)
