"""From an order to a result, with a child process to act on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.actions.acting import Targets
from triage_tui.actions.act import Came, Order, Permit, Preview, Progress, Reach, Refused, Result
from triage_tui.actions.audit import AuditLog
from triage_tui.actions.audit.runs import UNKNOWN, left_open, runs_of
from triage_tui.actions.perform import Performer
from triage_tui.actions.process import ACTIONS
from triage_tui.actions.switch import Switch
from triage_tui.config.settings import HostSpec

(SIGNAL,) = ACTIONS


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


class Watched:
    """The real action, with something done around it."""

    id, kind, danger, takes = SIGNAL.id, SIGNAL.kind, SIGNAL.danger, SIGNAL.takes

    def __init__(self) -> None:
        self.written_before: list[str] = []
        self.log: AuditLog | None = None
        self.raises: BaseException | None = None
        self.started = asyncio.Event()
        self.hangs = False

    async def plan(self, order: Order, reach: Reach) -> Preview:
        return await SIGNAL.plan(order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        assert self.log is not None
        self.written_before = [record.what for record in self.log.records()]
        self.started.set()
        if self.hangs:
            await asyncio.Event().wait()
        if self.raises is not None:
            raise self.raises
        return await SIGNAL.run(preview, reach, permit, progress)


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "triage-tui")


@pytest.fixture
def action(log: AuditLog) -> Watched:
    watched = Watched()
    watched.log = log
    return watched


@pytest.fixture
def performer(log: AuditLog, action: Watched) -> Performer:
    reach = Targets(HostSpec())
    return Performer(reach, Switch(reach.settings), log, find=lambda id, settings: action)


def kill(child: subprocess.Popen[bytes]) -> Order:
    return Order("process.signal", "host", str(child.pid), {"signal": "KILL"})


async def test_the_intent_is_on_the_disk_before_and_the_result_after(
    child: subprocess.Popen[bytes], performer: Performer, action: Watched, log: AuditLog
) -> None:
    run, result = await performer.run_known(await performer.plan(kill(child)), str(child.pid))
    assert result.came is Came.DONE
    assert action.written_before == ["intent"]
    (entry,) = runs_of(log.records())
    assert entry.intent["run"] == run
    assert entry.came == "done"
    assert left_open([entry]) == ()


@pytest.mark.parametrize(
    ("error", "came"),
    [
        (TimeoutError(), Came.UNKNOWN),
        (ValueError("a mistake"), Came.UNKNOWN),
        (Refused("changed", "another one by now", "Look again."), Came.REFUSED),
    ],
)
async def test_what_breaks_off_is_never_done(
    child: subprocess.Popen[bytes],
    performer: Performer,
    action: Watched,
    log: AuditLog,
    error: Exception,
    came: Came,
) -> None:
    action.raises = error
    result = await performer.run(await performer.plan(kill(child)), str(child.pid))
    assert result.came is came
    assert [entry.came for entry in runs_of(log.records())] == [came.value]
    assert child.poll() is None


async def test_who_leaves_it_finds_that_nobody_knows(
    child: subprocess.Popen[bytes], performer: Performer, action: Watched, log: AuditLog
) -> None:
    action.hangs = True
    task = asyncio.create_task(performer.run(await performer.plan(kill(child)), str(child.pid)))
    await asyncio.wait_for(action.started.wait(), 30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (entry,) = runs_of(log.records())
    assert entry.came == "unknown"


def test_an_intent_without_a_result_is_told_at_the_next_start(tmp_path: Path) -> None:
    """The program is killed between the two."""
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tests.actions.previews import preview_of\n"
        "from triage_tui.actions.audit import AuditLog\n"
        "from triage_tui.actions.audit.content import intent_of\n"
        "AuditLog(Path(sys.argv[1])).append(intent_of(preview_of('shop-api-1'), 'r1', 'dev'))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    folder = tmp_path / "triage-tui"
    root = Path(__file__).parent.parent.parent
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=root, check=False, timeout=60)
    (entry,) = left_open(runs_of(AuditLog(folder).records()))
    assert (entry.came, entry.intent["argument"]) == (UNKNOWN, "shop-api-1")


async def test_where_nothing_can_be_written_nothing_is_done(
    child: subprocess.Popen[bytes], performer: Performer, action: Watched, log: AuditLog
) -> None:
    log.folder.write_text("in the way")
    preview = await performer.plan(kill(child))
    result = await performer.run(preview, str(child.pid))
    assert (result.came, result.refusal) == (Came.REFUSED, "audit")
    assert not action.started.is_set()
    assert child.poll() is None


async def test_parameters_that_it_does_not_take_are_refused(
    child: subprocess.Popen[bytes], performer: Performer
) -> None:
    with pytest.raises(Refused) as error:
        await performer.plan(Order("process.signal", "host", str(child.pid), {"force": "yes"}))
    assert error.value.kind == "argument"
