"""The writer never makes anybody wait, and says so when it cannot go on."""

from __future__ import annotations

import os
import re
import select
import threading
from collections.abc import Iterator

import pytest

from triage_tui.ui.terminal.replica import Replica
from triage_tui.ui.terminal.writer import ENTER_ALTERNATE_SCREEN, Writer

WAIT_S = 10.0


class Ends:
    """A pipe in the place of a terminal, and a replica in front of it."""

    def __init__(self) -> None:
        self.out, self.into = os.pipe()
        self.replica = Replica(80, 24)
        self.defects: list[Exception] = []
        self.failed = threading.Event()
        self.writer = Writer(self.into, self.replica, self.on_defect)
        self.writer.start()

    def on_defect(self, error: Exception) -> None:
        self.defects.append(error)
        self.failed.set()

    def draw(self, character: str) -> None:
        """Fill the screen with one character, in a pen for every cell, so that it is long to send."""
        rows = ("".join(f"\x1b[38;5;{17 + (x + y) % 200}m{character}" for x in range(80)) for y in range(24))
        self.replica.draw("".join(f"\x1b[{y + 1};1H{row}" for y, row in enumerate(rows)))
        self.writer.update()

    def read(self) -> str:
        """Everything that is sent until the writer has no more to send."""
        pieces: list[bytes] = []
        while True:
            if select.select([self.out], [], [], 0.05)[0]:
                pieces.append(os.read(self.out, 65_536))
            elif self.writer.drain(0.0):
                return b"".join(pieces).decode()


@pytest.fixture
def ends() -> Iterator[Ends]:
    both = Ends()
    yield both
    os.close(both.out)
    both.writer.stop(WAIT_S)
    os.close(both.into)


def test_nothing_is_shown_before_the_alternate_screen(ends: Ends) -> None:
    ends.draw("a")
    assert ends.writer.drain(WAIT_S)
    ends.writer.control(ENTER_ALTERNATE_SCREEN)
    sent = ends.read()
    assert sent.startswith(ENTER_ALTERNATE_SCREEN)
    assert sent.count("a") == 80 * 24


def test_while_nobody_reads_nothing_queues(ends: Ends) -> None:
    ends.writer.control(ENTER_ALTERNATE_SCREEN)
    # More than a pipe holds: the writer hangs in the middle of one of the first.
    for character in "abcdefghijklmnopqrstuvwxyz":
        ends.draw(character)
    assert not ends.writer.drain(0.1), "the pipe takes no more, so there is something left to send"
    ends.draw("Z")
    sent = ends.read()
    assert sent.count("Z") == 80 * 24
    assert len(set(re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", sent))) < 26 / 2, "most frames were never sent"


def test_a_terminal_that_is_gone_ends_the_writer_without_a_defect(ends: Ends) -> None:
    ends.writer.control(ENTER_ALTERNATE_SCREEN)
    ends.read()
    reader, ends.out = ends.out, os.dup(ends.into)
    os.close(reader)
    ends.draw("a")
    assert ends.writer.drain(WAIT_S)
    assert ends.writer.broken
    assert ends.defects == []


def test_a_defect_is_told_and_nobody_waits_for_the_dead(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    defect = ValueError("no difference")

    def take() -> str:
        raise defect

    monkeypatch.setattr(ends.replica, "take", take)
    ends.writer.control(ENTER_ALTERNATE_SCREEN)
    assert ends.failed.wait(WAIT_S)
    assert ends.defects == [defect]
    assert ends.writer.drain(WAIT_S)
