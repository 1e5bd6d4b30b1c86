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
    environ = {"TMPDIR": str(temporary), "DOCKER_HOST": f"unix://{temporary}/no-engine"}
    with Program(DEMO, columns=columns, rows=rows, environ=environ) as program:
        program.wait_for("shop-checkout")
        yield program


def _servers_of(program: Program) -> list[psutil.Process]:
    found = descendants(program.pid)
    assert {"postgres", "redis-server"} <= names(found)
    return found


@pytest.mark.parametrize("key", ["q", "\x03"], ids=["q", "ctrl+c"])
def test_a_key_ends_it_and_leaves_nothing(open_folder: Path, key: str) -> None:
    with _demo(open_folder) as program:
        left = _servers_of(program)
        program.press(key)
        assert program.wait_for_exit(PATIENCE_S) == 0
        assert not program.modes.left_over
        expect_nothing_left(left, open_folder)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGKILL, -9)],
)
def test_a_signal_ends_it_and_leaves_nothing(open_folder: Path, number: signal.Signals, code: int) -> None:
    with _demo(open_folder) as program:
        left = _servers_of(program)
        program.signal(number)
        assert program.wait_for_exit(PATIENCE_S) == code
        expect_nothing_left(left, open_folder)


def test_a_terminal_that_is_gone_ends_it_and_leaves_nothing(open_folder: Path) -> None:
    with _demo(open_folder) as program:
        left = _servers_of(program)
        program.hang_up()
        program.wait_for_end_unread(PATIENCE_S)
        expect_nothing_left(left, open_folder)


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (140, 45), (200, 60)])
def test_it_shows_the_jam_the_queues_and_the_host(open_folder: Path, columns: int, rows: int) -> None:
    with _demo(open_folder, columns=columns, rows=rows) as program:
        program.wait_for("READ-ONLY")
        program.wait_for("blocks")
        program.wait_for("invoices")
        program.wait_for("shop-api")
        program.wait_for("load")
