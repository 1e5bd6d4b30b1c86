"""What a demo leaves behind: which of its processes still run, and which of its files are still there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

PATIENCE_S = 60
"""Far longer than a demo needs to close; the machine may be busy with other tests."""


def descendants(pid: int) -> list[psutil.Process]:
    """Every process that a process has started, however far down."""
    return psutil.Process(pid).children(recursive=True)


def alive(process: psutil.Process) -> bool:
    """Whether it runs; in a container without an init nobody may bury it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def names(processes: list[psutil.Process]) -> set[str]:
    """Of their programs."""
    return {process.name() for process in processes}


def expect(condition: Callable[[], bool], failure: Callable[[], object]) -> None:
    """Wait until something holds; the test fails with what `failure` tells where it does not."""
    give_up_at = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > give_up_at:
            pytest.fail(f"still there: {failure()}")
        time.sleep(0.05)


def expect_nothing_left(processes: list[psutil.Process], temporary: Path) -> None:
    """Until none of the processes runs and the folder is empty."""

    def running() -> list[psutil.Process]:
        return [process for process in processes if alive(process)]

    expect(lambda: not running(), running)
    expect(lambda: not list(temporary.iterdir()), lambda: sorted(temporary.rglob("*"))[:20])
