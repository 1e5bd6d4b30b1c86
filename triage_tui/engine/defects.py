"""Mistakes of this program itself: kept where they can be shown, and never in anybody's way."""

from __future__ import annotations

import asyncio
import traceback
from collections import deque
from typing import Any

from triage_tui.model import Problem, ProblemKind
from triage_tui.text import safe

_KEPT = 20
"""The first few tell what is wrong; a defect that repeats fills no memory."""

_FRAMES = 3
"""Innermost calls that are named: enough to find the line, little enough to be read."""


def words_of(error: BaseException) -> str:
    """The error and where it was raised, as `ZeroDivisionError: division by zero (cells.py:12 in width)`."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = ", ".join(
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} in {frame.name}" for frame in frames
    )
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return safe(f"{said} ({places})" if places else said)


def look_problem(error: BaseException) -> Problem:
    """A source raised, which it must not: the fault is ours and says nothing about the target."""
    if isinstance(error, ImportError):
        return Problem(
            ProblemKind.MISSING,
            f"a library cannot be loaded: {safe(str(error))}",
            "Install triage-tui again, for example with `pipx reinstall triage-tui`.",
        )
    return Problem(
        ProblemKind.PROTOCOL,
        f"triage itself failed while it looked: {words_of(error)}",
        "This is a defect of triage: report it with this line. The other targets are not affected.",
    )


class Defects:
    """The first defects met, in words. Written on the engine's thread, readable from any."""

    def __init__(self) -> None:
        self._met: deque[str] = deque(maxlen=_KEPT)

    def add(self, error: BaseException) -> None:
        """Keep an error, unless the same words are kept already."""
        words = words_of(error)
        if words not in self._met and len(self._met) < _KEPT:
            self._met.append(words)

    def handle(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """An event loop's exception handler: what nobody awaited must not be printed over the screen."""
        error = context.get("exception")
        self.add(error if isinstance(error, BaseException) else RuntimeError(str(context.get("message"))))

    @property
    def words(self) -> tuple[str, ...]:
        """What was kept, oldest first."""
        return tuple(self._met)
