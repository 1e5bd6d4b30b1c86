"""Processes are started, told and ended, and nothing of them is left, whoever dies first."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from tests.lab.engine.conftest import eventually
from tests.lab.leftovers import alive
from triage_tui.lab.engine.runs import Keeper, LaunchError, ProcessRun
from triage_tui.lab.engine.usage import Census

ENVIRONMENT = {"PATH": os.environ["PATH"], "COLOUR": "blue"}
LEAVING = "(setsid sh -c 'sleep 300 & sleep 300' &) ; sleep 300 & echo ready; wait"
"""Processes that leave their session and their parent behind."""

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives orphans to whom they belong")


@pytest.fixture
async def keeper() -> AsyncIterator[Keeper]:
    """One that is closed afterwards."""
    opened = Keeper(Census())
    yield opened
    await opened.close()


async def _shell(keeper: Keeper, script: str) -> ProcessRun:
    return await keeper.launch(("sh", "-c", script), ENVIRONMENT, "/tmp")


async def test_environment_folder_output_and_code(keeper: Keeper, tmp_path: Path) -> None:
    run = await keeper.launch(
        ("sh", "-c", "env | sort; pwd; echo err >&2; exit 5"), ENVIRONMENT, str(tmp_path)
    )
    out, err = await run.out.read(), await run.err.read()
    lines = out.decode().splitlines()
    assert "COLOUR=blue" in lines
    assert lines[-1] == str(tmp_path)
    assert {line.partition("=")[0] for line in lines[:-1]} <= {*ENVIRONMENT, "PWD", "SHLVL", "_", "OLDPWD"}
    assert err == b"err\n"
    assert await run.ended == 5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGSEGV, signal.SIGKILL])
async def test_a_signal_makes_its_code(keeper: Keeper, number: signal.Signals) -> None:
    run = await _shell(keeper, "ulimit -c 0; echo ready; exec sleep 300")
    await run.out.readline()
    run.signal(number)
    assert await run.ended == 128 + number


@pytest.mark.parametrize(
    ("argv", "folder", "words", "code"),
    [
        (("no-such-program",), "/", 'exec: "no-such-program": executable file not found in $PATH', 127),
        (("/no/such/program",), "/", "stat /no/such/program: no such file or directory", 127),
        (("/etc/passwd",), "/", "permission denied", 126),
        (("true",), "/no/such/folder", "no such file or directory", 127),
    ],
)
async def test_why_it_could_not_start(
    keeper: Keeper, argv: tuple[str, ...], folder: str, words: str, code: int
) -> None:
    with pytest.raises(LaunchError) as caught:
        await keeper.launch(argv, ENVIRONMENT, folder)
    assert words in str(caught.value)
    assert caught.value.code == code


async def test_a_closed_folder_on_the_path_holds_nothing(keeper: Keeper, tmp_path: Path) -> None:
    """Where this user may not look, others may have programs."""
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "sh").mkdir()
    path = f"{closed}:{tmp_path}/folder:{os.environ['PATH']}"
    run = await keeper.launch(("sh", "-c", "exit 6"), {"PATH": path}, "/")
    assert await run.ended == 6
    with pytest.raises(LaunchError, match="executable file not found"):
        await keeper.launch(("no-such-program",), {"PATH": path}, "/")


async def test_descriptors_of_the_engine_are_not_handed_on(keeper: Keeper, tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        run = await _shell(keeper, "ls /dev/fd/ 2>/dev/null")
        numbers = {int(number) for number in (await run.out.read()).split()}
    # The listing itself has one open.
    assert len(numbers) <= 4
    await run.ended


@linux
async def test_what_it_leaves_is_killed_with_it(keeper: Keeper) -> None:
    run = await _shell(keeper, LEAVING)
    await run.out.readline()
    await eventually("all run", lambda: len(run.table()) >= 5)
    left = [process for process in run.table() if process.pid != run.pid]
    run.signal(signal.SIGKILL)
    assert await run.ended == 137
    assert not [process for process in left if alive(process)]


@linux
async def test_a_killed_shim_takes_its_process_along(keeper: Keeper) -> None:
    run = await _shell(keeper, LEAVING)
    await run.out.readline()
    await eventually("all run", lambda: len(run.table()) >= 5)
    processes = run.table()
    os.kill(run.shim, signal.SIGKILL)
    assert await run.ended == 137
    await eventually("all are gone", lambda: not any(alive(process) for process in processes))


async def test_a_killed_keeper_leaves_what_runs_and_is_replaced(keeper: Keeper) -> None:
    first = await _shell(keeper, "echo ready; sleep 300")
    await first.out.readline()
    psutil.Process(psutil.Process(first.shim).ppid()).kill()
    assert not first.ended.done()

    async def another() -> bool:
        try:
            return await (await _shell(keeper, "exit 4")).ended == 4
        except LaunchError:
            return False

    await eventually("another keeper starts", another)
    first.signal(signal.SIGTERM)
    assert await first.ended == 143


async def test_an_abandoned_run_ends(keeper: Keeper) -> None:
    run = await _shell(keeper, "trap '' TERM HUP; echo ready; while :; do sleep 1; done")
    await run.out.readline()
    process = psutil.Process(run.pid)
    run.abandon()
    assert await run.ended == 137
    await eventually("it is gone", lambda: not alive(process))


async def test_an_abandoned_run_may_say_farewell(keeper: Keeper, tmp_path: Path) -> None:
    """Also where it is stopped; and not for longer than it was granted."""
    tidy = f"trap 'touch {tmp_path}/tidied; exit 0' INT; echo ready; while :; do sleep 0.02; done"
    run = await keeper.launch(("sh", "-c", tidy), ENVIRONMENT, "/", (signal.SIGINT, 30.0))
    await run.out.readline()
    run.signal_all(signal.SIGSTOP)
    run.abandon()
    assert await run.ended == 0
    assert (tmp_path / "tidied").exists()
    stubborn = "trap '' INT; echo ready; while :; do sleep 0.02; done"
    run = await keeper.launch(("sh", "-c", stubborn), ENVIRONMENT, "/", (signal.SIGINT, 0.2))
    await run.out.readline()
    run.abandon()
    assert await run.ended == 137


_ENGINE = f"""
import asyncio, sys
from pathlib import Path
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.spec import HealthCheck, ServiceSpec

async def main():
    async with Engine(Path(sys.argv[1])) as engine:
        for name in ("one", "two", "three"):
            check = HealthCheck(("CMD-SHELL", "sleep 300"), interval_s=0.1, timeout_s=300)
            argv = ("sh", "-c", {LEAVING!r})
            await engine.start(engine.add(ServiceSpec(name, "x", argv, health=check)))
        print("up", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
async def test_an_engine_that_is_killed_leaves_nobody(room: Path, number: signal.Signals) -> None:
    engine = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _ENGINE, str(room), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert engine.stdout is not None
        assert await engine.stdout.readline() == b"up\n"
        # A keeper, and for each of three a shim, its process with four more, and a check with its shim and sleep.
        await eventually(
            "all run", lambda: len(psutil.Process(engine.pid).children(recursive=True)) >= 1 + 3 * (1 + 5 + 3)
        )
        processes = psutil.Process(engine.pid).children(recursive=True)
        engine.send_signal(number)
        await engine.wait()
        await eventually("all are gone", lambda: not any(alive(process) for process in processes))
    finally:
        with contextlib.suppress(ProcessLookupError):
            engine.kill()
        await engine.wait()


async def test_cpu_and_memory_are_those_of_the_whole_tree(keeper: Keeper) -> None:
    code = (
        "import os, time\n"
        "held = bytearray(40 << 20)\n"
        "if os.fork() == 0:\n"
        "    held = bytearray(b'x') * (40 << 20)\n"
        "    end = time.process_time() + 0.3\n"
        "    while time.process_time() < end: pass\n"
        "    print('burnt', flush=True)\n"
        "    time.sleep(300)\n"
        "os.wait()\n"
    )
    run = await keeper.launch((sys.executable, "-I", "-S", "-c", code), ENVIRONMENT, "/")
    assert await run.out.readline() == b"burnt\n"
    usage = run.usage()
    assert usage is not None
    assert usage.user_ns + usage.system_ns >= 0.3e9
    assert 40 << 20 < usage.memory_bytes < 200 << 20
    assert usage.threads == 2
    assert abs(run.memory() - usage.memory_bytes) < 10 << 20
    child = next(process for process in run.table() if process.pid != run.pid)
    run.kill_largest()
    await eventually("the largest is gone", lambda: not alive(child))
    # What it used counts on, although it is gone.
    await run.ended
    assert run.usage() is None


async def test_cpu_of_what_has_ended_counts_on(keeper: Keeper) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    run = await keeper.launch(
        ("sh", "-c", '"$0" -I -S -c "$1"; echo burnt; sleep 300', sys.executable, burn), ENVIRONMENT, "/"
    )
    assert await run.out.readline() == b"burnt\n"
    usage = run.usage()
    assert usage is not None
    assert usage.user_ns + usage.system_ns >= 0.25e9
    run.abandon()
    await run.ended


@linux
def test_the_keeper_needs_no_package(tmp_path: Path) -> None:
    """It is started without any, which takes a third of the time."""
    keeper = shutil.copy(Path(sys.modules[Keeper.__module__].__file__ or "").with_name("keeper.py"), tmp_path)
    ran = subprocess.run([sys.executable, "-I", "-S", keeper], stdin=subprocess.DEVNULL, capture_output=True)
    assert b"ModuleNotFoundError" not in ran.stderr
    assert b"ImportError" not in ran.stderr
