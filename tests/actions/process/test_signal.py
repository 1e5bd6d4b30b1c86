"""Real processes: ended, frozen, gone, another one under the pid, protected, and one that does not listen."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import psutil
import pytest
from msgspec import structs

from tests.actions.process.world import Machine, refused
from triage_tui.actions import guard
from triage_tui.actions.act import Came, Danger, Identity, Refused
from triage_tui.actions.process import deed, process_identity
from triage_tui.actions.process.proc import kernel_thread, signals_of
from triage_tui.sources.host.processes import ProcessTable
from triage_tui.sources.host.tasks import read_tasks

Start = Callable[..., subprocess.Popen[bytes]]

DEAF = "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); sys.stdin.read()"
PLAIN = "import sys; print('ready', flush=True); sys.stdin.read()"

PARENT = "import subprocess; child = subprocess.Popen(['sleep', '600']); " + PLAIN + "; child.kill()"


@pytest.fixture(autouse=True)
def _long_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is."""
    for name in ("ENDED_WITHIN_S", "FROZEN_WITHIN_S", "READ_WITHIN_S"):
        monkeypatch.setattr(deed, name, 60.0)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts programs of Python that say when they are ready, and that are gone when the test ends."""
    with ExitStack() as running:

        def run(program: str = PLAIN) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            running.callback(process.__exit__, None, None, None)
            running.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            return process

        yield run


@pytest.mark.covers("process.signal", "success")
@pytest.mark.safety(14)
async def test_term_ends_it(start: Start) -> None:
    here, process = Machine(), start()
    preview = await here.plan(process.pid)
    assert process.poll() is None, "the preview has changed something"
    facts = dict(preview.facts)
    assert "sys.stdin.read()" in facts["command"]
    assert facts["user"] == psutil.Process().username()
    assert facts["parent"].startswith(f"{os.getpid()} ")
    assert preview.danger is Danger.FINAL
    result = await here.run(preview)
    assert result.came is Came.DONE, result
    assert process.wait(timeout=30) == -15
    assert here.asked == 1


async def test_stop_and_continue_undo_each_other(start: Start) -> None:
    here, process = Machine(), start()
    stop = await here.plan(process.pid, signal="SIGSTOP")
    assert stop.undo is not None
    assert "CONT" in stop.undo
    assert not guard.is_final(stop)
    assert (await here.run(stop)).came is Came.DONE
    assert psutil.Process(process.pid).status() == psutil.STATUS_STOPPED
    assert (await here.run(await here.plan(process.pid, signal="cont"))).came is Came.DONE
    assert process.poll() is None


@pytest.mark.covers("process.signal", "timeout")
@pytest.mark.safety(4, 9)
async def test_one_that_does_not_listen_is_unknown_and_kill_ends_it(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deed, "ENDED_WITHIN_S", 0.2)
    here, process = Machine(), start(DEAF)
    preview = await here.plan(process.pid)
    if sys.platform.startswith("linux"):
        assert "ignores it" in dict(preview.facts)["SIGTERM"]
    result = await here.run(preview)
    assert result.came is Came.UNKNOWN
    assert "still there" in result.message
    assert process.poll() is None
    monkeypatch.setattr(deed, "ENDED_WITHIN_S", 60.0)
    kill = await here.plan(process.pid, signal="KILL")
    assert kill.danger is Danger.FINAL
    assert (await here.run(kill)).came is Came.DONE
    assert process.wait(timeout=30) == -9


@pytest.mark.covers("process.signal", "replaced")
@pytest.mark.safety(2)
async def test_another_process_under_the_pid_is_not_hit(start: Start) -> None:
    here, process = Machine(), start()
    before = Identity("the one before", (("pid", str(process.pid)), ("started", "1.0")))
    assert (await refused(here.plan(process.pid, pinned=before))).kind == "changed"
    preview = structs.replace(await here.plan(process.pid), identity=before)
    assert (await refused(here.run(preview))).kind == "changed"
    assert here.asked == 0
    assert process.poll() is None


async def test_what_a_look_shows_is_what_is_pinned(start: Start) -> None:
    here, process = Machine(), start()
    (task,) = (one for one in read_tasks() if one.pid == process.pid)
    pinned = process_identity(task.pid, task.started)
    assert (await here.plan(process.pid, pinned=pinned)).identity.parts == pinned.parts
    assert all(one.started is not None for one in ProcessTable(time.monotonic).read())


@pytest.mark.covers("process.signal", "gone")
@pytest.mark.safety(4)
async def test_one_that_has_gone(start: Start) -> None:
    here, process = Machine(), start()
    preview = await here.plan(process.pid)
    process.kill()
    process.wait(timeout=30)
    # Its pid may be somebody else's already.
    with contextlib.suppress(Refused):
        assert (await here.run(preview)).came is Came.NOT_DONE
    assert here.asked == 0


async def test_a_kernel_without_handles(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sandboxes leave the call out. The identity is asked for once more, and the signal sent by pid."""

    def missing(pid: int) -> int:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(os, "pidfd_open", missing, raising=False)
    here, process = Machine(), start()
    preview = await here.plan(process.pid)
    before = Identity("the one before", (("pid", str(process.pid)), ("started", "1.0")))
    assert (await refused(here.run(structs.replace(preview, identity=before)))).kind == "changed"
    assert (await here.run(preview)).came is Came.DONE
    assert process.wait(timeout=30) == -15


async def test_children_are_told(start: Start) -> None:
    here = Machine()
    process = start(PARENT)
    preview = await here.plan(process.pid)
    assert dict(preview.facts)["children"] == "1"
    assert any("sleep" in line or "python" in line for line in preview.affects)
    child = psutil.Process(process.pid).children()[0]
    await here.run(await here.plan(child.pid, signal="KILL"))


async def test_what_must_not_be_hit() -> None:
    here = Machine()
    for pid in {1, os.getpid(), os.getppid()}:
        no = await refused(here.plan(pid))
        # Where process 1 may not be seen, it is not there.
        assert no.kind in ("unavailable", "gone")
        assert pid != os.getpid() or "triage itself" in no.message or pid == 1
    for argument in ("", "0", "-1", "1; ls", "9" * 20, "٣"):
        assert (await refused(here.plan(argument))).kind == "argument"
    for signal in ("", "SEGV", "9", "TERM KILL"):
        assert (await refused(here.plan(os.getpid(), signal=signal))).kind == "argument"


@pytest.mark.covers("process.signal", "read-only")
@pytest.mark.safety(11)
async def test_read_only_sends_nothing(start: Start) -> None:
    here, process = Machine(), start()
    preview = await here.plan(process.pid, signal="KILL")
    here.allowed = False
    assert (await refused(here.run(preview))).kind == "read-only"
    here.allowed = True
    assert process.poll() is None
    assert (await here.run(preview)).came is Came.DONE


@pytest.fixture
def theirs() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else."""
    if os.geteuid() != 0:
        pytest.skip("needs root to have another user's process")
    with subprocess.Popen(["sleep", "600"], user=65533) as process:
        yield process
        process.kill()


@pytest.mark.covers("process.signal", "refusal", "permission")
@pytest.mark.safety(4)
async def test_the_system_refuses(theirs: subprocess.Popen[bytes]) -> None:
    """Root without its powers."""
    here = Machine()
    os.seteuid(65534)
    try:
        result = await here.run(await here.plan(theirs.pid))
    finally:
        os.seteuid(0)
    assert result.came is Came.NOT_DONE
    assert "refused" in result.message
    assert theirs.poll() is None


def test_threads_of_the_kernel() -> None:
    assert kernel_thread(b"2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 2 0 0")
    assert not kernel_thread(b"77 (a) b (c) S 1 77 77 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 2 0 0")
    assert not kernel_thread(b"")


def test_masks() -> None:
    assert signals_of("0000000000004002") == {2, 15}
    assert signals_of("0") == frozenset()
