"""What the cockpit asks of the C library's memory."""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from tests.ui.cockpit import cockpit
from triage_tui.ui.memory import Tidying

HEAPS_OF_THREADS = """
import ctypes, sys, threading
if "settled" in sys.argv:
    from triage_tui.ui.memory import settle
    settle()
libc = ctypes.CDLL(None)
if not hasattr(libc, "mallopt") or not hasattr(libc, "malloc_info"):
    sys.exit("another C library")
libc.fopen.restype = ctypes.c_void_p
libc.malloc.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
together = threading.Barrier(4)

def work():
    together.wait()
    libc.malloc(1000)
    together.wait()

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
stream = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, stream)
libc.fclose(stream)
"""

MUCH_IN_THE_MIDDLE = """
import ctypes, re, sys
from triage_tui.ui.memory import give_back, settle
libc = ctypes.CDLL(None)
if not hasattr(libc, "malloc_trim"):
    sys.exit("another C library")
settle()
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
pieces = [libc.malloc(4000) for _ in range(8000)]
for piece in pieces:
    ctypes.memset(piece, 1, 4000)
last = libc.malloc(4000)
for piece in pieces:
    libc.free(piece)

def megabytes():
    return int(re.search(r"^Private_Dirty: +([0-9]+)", open("/proc/self/smaps_rollup").read(), re.M)[1]) // 1024

before = megabytes()
give_back()
print(before - megabytes())
"""


GARBAGE = """
import gc, weakref
from triage_tui.ui.memory import Tidying, settle

class Circle:
    def __init__(self):
        self.me = self

settle()
tidy = Tidying()
kept = [[] for _ in range(50_000)]
tidy()
assert gc.get_freeze_count() > len(kept), "what is there after the first time is looked through no more"
gone = []
for _ in range(2):
    circle = Circle()
    gone.append(weakref.ref(circle))
    del circle
    tidy()
    # The next one is found as well: what came later is not frozen.
    assert gone[-1]() is None
assert gc.isenabled()
"""


def heaps(folder: Path, *words: str) -> int:
    """Heaps of the C library in a process with four threads that have all allocated."""
    file = folder / "heaps.xml"
    done = subprocess.run(
        [sys.executable, "-c", HEAPS_OF_THREADS, file, *words],
        env={name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.stderr.strip() == "another C library":
        pytest.skip("only glibc has one heap for each thread")
    assert done.returncode == 0, done.stderr
    return file.read_text().count("<heap nr=")


def test_threads_share_one_heap(tmp_path: Path) -> None:
    assert heaps(tmp_path) > 1
    assert heaps(tmp_path, "settled") == 1


@pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="Linux alone tells what a process holds"
)
def test_what_lies_free_below_something_else_is_given_back() -> None:
    """Of 30 MiB that something at the heap's end holds fast, nearly all."""
    done = subprocess.run(
        [sys.executable, "-c", MUCH_IN_THE_MIDDLE], capture_output=True, text=True, timeout=60, check=False
    )
    if done.stderr.strip() == "another C library":
        pytest.skip("only glibc can be asked to")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 25


def test_garbage_is_looked_for_among_what_came_after_the_first_time() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GARBAGE], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


async def test_what_closed_screens_have_drawn_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    # The process of the tests has other uses for what it holds.
    monkeypatch.setattr("gc.freeze", lambda: None)
    async with cockpit() as one:
        drawn = []
        for key in ("colon", "question_mark"):
            await one.press(key)
            drawn += [weakref.ref(widget._styles_cache) for widget in one.app.screen.query("*")]
            await one.press("escape")
        assert drawn
        await one.settle()
        Tidying()()
        assert [lines for lines in drawn if lines() is not None] == []
