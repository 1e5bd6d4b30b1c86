"""Steps of a reader whose line is as slow as it likes."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.terminal.program import Program

ESCAPE = "\x1b[27;1u"
"""The Esc key as terminals with the kitty protocol send it. Alone, as the others send it, it would be one key with the
next where a busy machine reads both at once."""

AGAIN_S = 10.0
"""When a key that has not been answered is pressed again. Long: one that was answered late would count twice."""

SEARCHING = "words to find"
"""Stands on the screen only while the reader types what to search for."""


def take(program: Program, step: str | tuple[int, int] | int) -> None:
    """A key, a size, or a storm of this many sizes."""
    if isinstance(step, str):
        program.press(step)
        program.read(0.02)
    elif isinstance(step, int):
        for number in range(step):
            program.resize(60 + 7 * number % 90, 15 + number % 40)
            program.read(0.01)
    else:
        program.resize(*step)
        program.read(0.05)


def press_until(program: Program, key: str, holds: Callable[[], bool]) -> None:
    """Press a key that changes the screen, again where it is lost in what a flood or a half sequence leaves behind."""
    for _ in range(6):
        program.press(key)
        end = time.monotonic() + AGAIN_S
        while time.monotonic() < end:
            program.read(0.05)
            if holds():
                return
    raise AssertionError(f"{key!r} has not been answered:\n{program.text}")


def await_answers(program: Program) -> None:
    """Until all keys before have been answered. Nothing may be open, and nobody may have searched: what shows that this
    has been answered must not stand there from before."""
    assert SEARCHING not in program.text
    press_until(program, "/", lambda: SEARCHING in program.text)
    press_until(program, ESCAPE, lambda: SEARCHING not in program.text)


def look_into_help(program: Program) -> None:
    """Open the help page and close it again."""
    press_until(program, "?", lambda: "Esc closes" in program.text)
    press_until(program, ESCAPE, lambda: "Esc closes" not in program.text)


def let_go_on(program: Program) -> None:
    """End a pause. Its key begins one too, so it is pressed once for each look at a screen that has settled."""
    for _ in range(5):
        await_answers(program)
        if "PAUSED" not in program.text:
            return
        take(program, " ")
    raise AssertionError(f"the screen stays paused:\n{program.text}")
