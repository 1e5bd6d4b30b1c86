"""However the program ends, the terminal is as it was before."""

from __future__ import annotations

import resource
import shlex
import signal
import time
from pathlib import Path

import psutil
import pytest

from tests.terminal.conftest import Open, scene
from tests.terminal.program import PYTHON, WAIT_S, Program
from tests.terminal.sequences import unlisted
from tests.terminal.stalling import stall
from tests.terminal.still import SECRET

GONE_WITHIN_S = 5.0
"""A program whose terminal is gone must be gone by then."""

LEAVING_CPU_S = 1.0
"""One that spins on a dead terminal would use nearly all of the time until then."""

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
    children = process.children(recursive=True)
    used_before = process.cpu_times()
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    program.hang_up()
    # Its threads and children are gone with it.
    gone, alive = psutil.wait_procs([process, *children], timeout=GONE_WITHIN_S)
    assert not alive, f"{alive} after the terminal went away"
    assert gone
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = ended.ru_utime + ended.ru_stime - others.ru_utime - others.ru_stime
    assert used - used_before.user - used_before.system < LEAVING_CPU_S


def test_a_hangup(in_terminal: Open, host_only: tuple[str, ...]) -> None:
    program = in_terminal(*host_only)
    program.wait_for("● live")
    program.hang_up()
    assert program.wait_for_exit(WAIT_S) == 129


def test_in_the_middle_of_a_paint(in_terminal: Open, tmp_path: Path) -> None:
    """The terminal takes no more, half a picture is on its way, and the rest of it still goes out whole."""
    file = tmp_path / "asked"
    program = in_terminal(*scene("moving", str(file)))
    stall(program, file)
    program.signal(signal.SIGTERM)
    assert program.wait_for_exit() == 143
    assert is_restored(program)
    assert unlisted(program.sent) == []


WRAPPED = f"{shlex.join([PYTHON, '-m', 'tests.terminal.still', 'incident'])}; true"
"""For a shell, which stays as the parent."""


def below(process: psutil.Process) -> psutil.Process:
    """The one child of a process."""
    (child,) = process.children()
    return child


def wait_until_gone(program: Program, process: psutil.Process) -> None:
    """Nobody may be left who would wait for it: then it stays a zombie."""

    def is_gone() -> bool:
        try:
            return process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    end = time.monotonic() + WAIT_S
    while not is_gone():
        assert time.monotonic() < end, f"{process} is still there:\n{program.text}"
        program.read(0.05)
    while program.read(0.05):
        pass


@pytest.mark.parametrize("controlled", [True, False], ids=["its session ends", "the terminal stays"])
def test_its_parent_dies(in_terminal: Open, controlled: bool) -> None:
    program = in_terminal("sh", "-c", WRAPPED, controlled=controlled)
    program.wait_for("PostgreSQL")
    process = below(psutil.Process(program.pid))
    program.signal(signal.SIGKILL)
    wait_until_gone(program, process)
    assert is_restored(program)


def test_its_parent_dies_and_the_shell_goes_on(in_terminal: Open) -> None:
    """Two would read and draw on one screen."""
    program = in_terminal("sh", "-i", environ={"PS1": "$ ", "ENV": ""})
    program.wait_for("$ ")
    program.press(f"sh -c {shlex.quote(WRAPPED)}\r")
    program.wait_for("PostgreSQL")
    wrapper = below(psutil.Process(program.pid))
    process = below(wrapper)
    wrapper.kill()
    wait_until_gone(program, process)
    assert program.modes.left_over == []
    program.press("echo still $((40+2))\r")
    program.wait_for("still 42")
    program.press("exit 7\r")
    assert program.wait_for_exit() == 7
