"""Terminals that nobody reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from tests.terminal.program import WAIT_S, Program

STALL_FRAMES = 60
"""Pictures that the screen asks for while nobody reads: far more than a terminal's buffer holds."""


def asked(file: Path) -> int:
    """How often the screen has asked for a picture."""
    text = file.read_text() if file.exists() else ""
    return int(text) if text.endswith("\n") else 0


def wait_unread(holds: Callable[[], bool], what: str) -> None:
    """Wait without reading what the program sends."""
    end = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {WAIT_S:g} s"
        time.sleep(0.05)


def stall(program: Program, file: Path) -> None:
    """Read nothing until the screen has asked for many pictures more."""
    program.wait_for("frame-")
    before = asked(file)
    wait_unread(
        lambda: asked(file) > before + STALL_FRAMES, "pictures are asked for while the terminal stalls"
    )
