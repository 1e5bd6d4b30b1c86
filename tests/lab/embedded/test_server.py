"""Child processes that end with their parent, whatever that means: shown with programs of a few lines."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.servers.parent import Parent
from triage_tui.lab.embedded.server import (
    EmbeddedServer,
    StartError,
    bare_environment,
    free_port,
    launch,
    tail,
)

_SLEEPS = "import time; time.sleep(600)"
_IGNORES = (
    "import pathlib, signal, time\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "pathlib.Path('ready').touch()\n"
    "time.sleep(600)\n"
)
_TELLS_ITS_ENVIRONMENT = (
    "import json, os, time\n"
    "with open('told', 'w') as file: json.dump([dict(os.environ), os.getcwd()], file)\n"
    "os.rename('told', 'ready')\n"
    "time.sleep(600)\n"
)
_PARENT = """
import pathlib, sys
from triage_tui.lab.embedded.server import launch
folder = pathlib.Path(sys.argv[1])
server = launch(
    [sys.executable, "-c", "import time; time.sleep(600)"],
    url="", folder=folder, log=folder / "log", ready=lambda pid: True, remove=[folder],
)
print(server.pid, flush=True)
sys.stdin.read()
"""


def started(folder: Path, program: str, *, grace_s: float = 5.0, timeout_s: float = 30.0) -> EmbeddedServer:
    """A program in a folder, which is up when it has made the file `ready`."""
    return launch(
        [sys.executable, "-c", program],
        url="",
        folder=folder,
        log=folder / "log",
        ready=lambda pid: (folder / "ready").exists() or program is _SLEEPS,
        grace_s=grace_s,
        start_timeout_s=timeout_s,
    )


def wait_until_gone(*processes: psutil.Process) -> None:
    _, alive = psutil.wait_procs(processes, timeout=15)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_it_is_gone_when_stop_returns_and_may_be_stopped_again(tmp_path: Path) -> None:
    server = started(tmp_path, _SLEEPS)
    process = psutil.Process(server.pid)
    assert process.is_running()
    server.stop()
    assert not process.is_running()
    server.stop()


def test_one_that_does_not_listen_to_reason_is_killed(tmp_path: Path) -> None:
    server = started(tmp_path, _IGNORES, grace_s=0.2)
    process = psutil.Process(server.pid)
    server.stop()
    assert not process.is_running()


def test_its_environment_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    with started(tmp_path, _TELLS_ITS_ENVIRONMENT):
        told = (tmp_path / "ready").read_text()
    assert "hunter2" not in told
    assert str(tmp_path) in told
    assert set(bare_environment()) <= {
        "PATH",
        "LC_ALL",
        "TZ",
        "TMPDIR",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
    }


def test_one_that_ends_while_starting_is_quoted(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"ended while starting:\nno room here"):
        started(tmp_path, "print('no room here')")


def test_one_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"was not ready after 1 s:\nstill thinking"):
        started(tmp_path, "import time; print('still thinking', flush=True); time.sleep(600)", timeout_s=1.0)
    assert not [
        process
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE and str(tmp_path) in process.cwd()
    ]


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="No such file or directory"):
        launch(
            [str(tmp_path / "none")], url="", folder=tmp_path, log=tmp_path / "log", ready=lambda pid: False
        )


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_dies_with_its_parent_and_its_files_go_too(tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    parent = Parent(_PARENT, str(folder))
    parent.end(how)
    wait_until_gone(parent.server, parent.supervisor)
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part in it is Linux's")
def test_it_dies_with_its_supervisor(tmp_path: Path) -> None:
    server = started(tmp_path, _SLEEPS)
    process = psutil.Process(server.pid)
    supervisor = process.parent()
    assert supervisor is not None
    supervisor.kill()
    wait_until_gone(process)
    server.stop()


def test_ctrl_c_in_the_terminal_does_not_reach_it(tmp_path: Path) -> None:
    with started(tmp_path, _SLEEPS) as server:
        assert os.getsid(server.pid) != os.getsid(0)


def test_ports_are_free_and_differ(tmp_path: Path) -> None:
    assert len({free_port() for _ in range(20)}) > 1
    assert tail(tmp_path / "no log") == ""


def test_stopping_is_bounded_although_the_server_is_stopped_in_its_tracks(tmp_path: Path) -> None:
    """A process under SIGSTOP takes no other signal but SIGKILL."""
    server = started(tmp_path, _SLEEPS, grace_s=0.2)
    os.kill(server.pid, signal.SIGSTOP)
    started_at = time.monotonic()
    server.stop()
    assert not psutil.pid_exists(server.pid)
    assert time.monotonic() - started_at < 60
