from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from triage_tui.engine.threads import DaemonExecutor


def test_runs_calls_and_passes_on_what_they_raise() -> None:
    executor = DaemonExecutor(2, "test")
    assert executor.submit(pow, 2, 5).result(10) == 32
    with pytest.raises(ZeroDivisionError):
        executor.submit(divmod, 1, 0).result(10)
    executor.shutdown()


def test_never_has_more_threads_than_the_limit_and_reuses_them() -> None:
    executor = DaemonExecutor(3, "bounded")
    release = threading.Event()
    hanging = [executor.submit(release.wait, 30) for _ in range(100)]
    assert sum(t.name.startswith("bounded-") for t in threading.enumerate()) == 3
    release.set()
    assert all(future.result(30) for future in hanging)
    names = {executor.submit(lambda: threading.current_thread().name).result(10) for _ in range(50)}
    assert names <= {"bounded-0", "bounded-1", "bounded-2"}
    executor.shutdown()
    for thread in list(threading.enumerate()):
        if thread.name.startswith("bounded-"):
            thread.join(10)
            assert not thread.is_alive()


def test_one_thread_is_enough_for_calls_one_after_the_other() -> None:
    executor = DaemonExecutor(3, "lazy")
    for _ in range(20):
        executor.submit(lambda: None).result(10)
    # A thread is idle again a moment after its result is there; at worst a second one was started.
    assert sum(t.name.startswith("lazy-") for t in threading.enumerate()) <= 2
    executor.shutdown()


def test_serves_an_event_loop() -> None:
    async def look_up() -> str:
        asyncio.get_running_loop().set_default_executor(DaemonExecutor(1, "loop"))
        return await asyncio.to_thread(lambda: threading.current_thread().name)

    assert asyncio.run(look_up()) == "loop-0"


def test_a_call_that_hangs_does_not_keep_the_program() -> None:
    program = """
import threading
from triage_tui.engine.threads import DaemonExecutor
DaemonExecutor(1, "x").submit(threading.Event().wait)
print("end of main", flush=True)
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout == "end of main\n"
