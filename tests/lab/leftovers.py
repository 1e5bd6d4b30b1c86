"""What a demo leaves behind: which of its processes still run, and which of its files are still there."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

Said = TypeVar("Said")

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
    """Of their programs. Health checks come and go: those that are gone have none."""
    return set(_of_those_still_there(processes, psutil.Process.name))


def command_lines(processes: list[psutil.Process]) -> list[list[str]]:
    """Likewise."""
    return list(_of_those_still_there(processes, psutil.Process.cmdline))


def _of_those_still_there(
    processes: list[psutil.Process], tell: Callable[[psutil.Process], Said]
) -> Iterator[Said]:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            yield tell(process)


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
