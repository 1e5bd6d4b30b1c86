"""The process is stopped (Ctrl-Z, a sleeping laptop, a debugger) and goes on."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.stopped_program import INTERVAL_S
from triage_tui.sources.clock import steady

STOPPED_S = 2.0


class Program:
    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.stopped_program"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def ask(self, question: str) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{question}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def sleep_through(self, seconds: float) -> None:
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def program() -> Iterator[Program]:
    running = Program()
    try:
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def test_ages_are_right_after_a_stop(program: Program) -> None:
    program.ask("pause")
    program.sleep_through(STOPPED_S)
    after = program.ask("picture")
    assert min(after["ages"]) >= STOPPED_S
    assert set(after["states"]) == {"stale"}


def test_no_burst_of_looks_after_a_stop(program: Program) -> None:
    before = {name: len(times) for name, times in program.ask("picture")["times"].items()}
    program.sleep_through(STOPPED_S)
    end = time.monotonic() + 30
    while True:
        times = program.ask("picture")["times"]
        if all(len(times[name]) >= before[name] + 5 for name in before):
            break
        assert time.monotonic() < end, "looking did not go on"
        time.sleep(0.05)
    gaps = [later - earlier for ts in times.values() for earlier, later in itertools.pairwise(ts)]
    assert max(gaps) >= STOPPED_S
    # Never two looks for the time that was slept through: each waits a whole interval for the one before.
    assert min(gaps) >= INTERVAL_S / 2, "a burst would have no gaps at all"


def test_the_steady_clock_agrees_with_the_monotonic_one_and_only_grows() -> None:
    before = time.monotonic()
    readings = [steady() for _ in range(1000)]
    after = time.monotonic()
    assert readings == sorted(readings)
    # They part only by what the machine has slept since the program began.
    assert before - 0.01 <= readings[0] <= readings[-1] <= after + 0.01
