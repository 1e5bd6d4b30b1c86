"""Steps of a reader whose line is as slow as it likes."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.terminal.program import Program

AGAIN_S = 10.0
"""When a key that has not been answered is pressed again. Long: one that was answered late would count twice."""


def take(program: Program, step: str | tuple[int, int] | int) -> None:
    """A key, a size, or a storm of this many sizes."""
    if isinstance(step, str):
        program.press(step)
        # An escape that other keys follow at once would be one key with them.
        program.read(0.15 if step == "\x1b" else 0.02)
    elif isinstance(step, int):
        for number in range(step):
            program.resize(60 + 7 * number % 90, 15 + number % 40)
            program.read(0.01)
    else:
        program.resize(*step)
        program.read(0.05)


def press_until(program: Program, key: str, holds: Callable[[], bool]) -> None:
    """Press a key, again where it was taken for a part of an escape sequence, as it may be on a busy machine."""
    for _ in range(10):
        program.press(key)
        end = time.monotonic() + AGAIN_S
        while time.monotonic() < end:
            program.read(0.05)
            if holds():
                return
    raise AssertionError(f"{key!r} has not been answered:\n{program.text}")


def await_answers(program: Program) -> None:
    """Go to the help page and back: once this has been answered, so has everything before it."""
    press_until(program, "?", lambda: "Esc closes" in program.text)
    press_until(program, "\x1b", lambda: "Esc closes" not in program.text)


def let_go_on(program: Program) -> None:
    """End a pause. Its key begins one too, so it is pressed once for each look at a screen that has settled."""
    for _ in range(5):
        await_answers(program)
        if "PAUSED" not in program.text:
            return
        take(program, " ")
    raise AssertionError(f"the screen stays paused:\n{program.text}")
