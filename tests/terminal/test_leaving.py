"""However the program ends, the terminal is as it was before."""

from __future__ import annotations

import signal

import psutil
import pytest

from tests.terminal.conftest import Open, scene
from tests.terminal.program import PYTHON, WAIT_S, Program
from tests.terminal.sequences import unlisted
from tests.terminal.still import SECRET

GONE_WITHIN_S = 5.0
"""A program whose terminal is gone must be gone by then."""

IGNORE_HANGUP = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""As nohup does it."""


def is_restored(program: Program) -> bool:
    """Modes and settings are those from before."""
    assert program.modes.left_over == []
    assert program.termios_now == program.termios_before
    return True


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_a_signal(in_terminal: Open, host_only: tuple[str, ...], number: signal.Signals, code: int) -> None:
    program = in_terminal(*host_only)
    program.wait_for("● live")
    program.signal(number)
    assert program.wait_for_exit() == code
    assert is_restored(program)


@pytest.mark.parametrize("key", ["q", "\x03", "\x11"], ids=["q", "ctrl+c", "ctrl+q"])
def test_a_key(in_terminal: Open, key: str) -> None:
    program = in_terminal(*scene("incident"))
    program.wait_for("PostgreSQL")
    assert program.modes.left_over, "the program has changed modes"
    assert program.termios_now != program.termios_before
    program.press(key)
    assert program.wait_for_exit() == 0
    assert is_restored(program)


@pytest.mark.parametrize("keys", ["/", ":", "?"], ids=["in the search", "in the palette", "in the help"])
def test_ctrl_c_leaves_from_everywhere(in_terminal: Open, keys: str) -> None:
    program = in_terminal(*scene("incident"))
    program.wait_for("PostgreSQL")
    program.press(keys)
    program.wait_for({"/": "words to find", ":": "Search for commands", "?": "Esc closes"}[keys])
    program.press("\x03")
    assert program.wait_for_exit() == 0
    assert is_restored(program)


def test_a_signal_before_the_first_paint(in_terminal: Open) -> None:
    program = in_terminal(*scene("incident"))
    program.wait_until(lambda: bool(program.sent), "the first byte")
    program.signal(signal.SIGTERM)
    program.wait_for_exit()
    assert is_restored(program)


def test_a_defect_in_a_widget(in_terminal: Open) -> None:
    program = in_terminal(*scene("broken"))
    program.wait_for("PostgreSQL")
    program.press("?")
    assert program.wait_for_exit() == 1
    assert is_restored(program)
    # What is left on the terminal names the defect, and holds neither a secret nor an escape.
    assert "triage has met a defect of its own" in program.text
    assert "RuntimeError: cannot draw" in program.text
    assert SECRET not in program.sent
    assert unlisted(program.sent) == []


@pytest.mark.parametrize("controlled", [True, False], ids=["hangs up", "is just gone"])
def test_the_terminal_goes_away_and_hangups_are_ignored(in_terminal: Open, controlled: bool) -> None:
    program = in_terminal(PYTHON, "-c", IGNORE_HANGUP, *scene("incident"), controlled=controlled)
    program.wait_for("PostgreSQL")
    process = psutil.Process(program.pid)
    program.hang_up()
    # Its threads and children are gone with it.
    gone, alive = psutil.wait_procs([process, *process.children(recursive=True)], timeout=GONE_WITHIN_S)
    assert not alive, f"{alive} after the terminal went away"
    assert gone


def test_a_hangup(in_terminal: Open, host_only: tuple[str, ...]) -> None:
    program = in_terminal(*host_only)
    program.wait_for("● live")
    program.hang_up()
    assert program.wait_for_exit(WAIT_S) == 129
