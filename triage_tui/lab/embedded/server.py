"""A real server as a child process: started, waited for, and gone with its parent."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

START_TIMEOUT_S = 60.0
"""A server is up in a second; a machine with many others starting at once may need far longer."""

_POLL_S = 0.02
_LOG_TAIL = 2000
_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_KEPT_VARIABLES = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class StartError(Exception):
    """A server could not be started; the message holds the end of its log."""


class EmbeddedServer:
    """A running server that belongs to this process. Use it as a context manager or call `stop`.

    It also ends, and its files are removed, when this process ends in any way, SIGKILL included.

    url  where clients connect to, with the password in it
    pid  the server's own process id, not the supervisor's
    """

    def __init__(self, *, url: str, pid: int, grace_s: float, supervisor: subprocess.Popen[bytes]) -> None:
        self.url = url
        self.pid = pid
        self._grace_s = grace_s
        self._supervisor = supervisor

    def stop(self) -> None:
        """End the server and wait until it and its files are gone. May be called again."""
        _end(self._supervisor, self._grace_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def launch(
    argv: Sequence[str],
    *,
    url: str,
    folder: Path,
    log: Path,
    ready: Callable[[int], bool],
    remove: Sequence[Path] = (),
    environment: Mapping[str, str] = {},
    owner: tuple[int, int] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    grace_s: float = 5.0,
    start_timeout_s: float = START_TIMEOUT_S,
) -> EmbeddedServer:
    """Start a server and wait until it is ready.

    argv         the first item is the path of the program
    folder       its working directory, which exists
    log          takes what it writes; its end is quoted when it does not start
    ready        asked repeatedly with the server's process id; True ends the wait
    remove       files and folders that go when it has ended; `log` and `folder` may be among them
    environment  beside PATH and the like; nothing else is inherited
    owner        user and group number to run as; None: as this process
    Raises StartError.
    """
    log.touch(mode=0o600)
    order = {
        "argv": list(argv),
        "environment": bare_environment() | dict(environment),
        "folder": str(folder),
        "log": str(log),
        "user": owner[0] if owner else None,
        "group": owner[1] if owner else None,
        "stop": int(stop_signal),
        "grace_s": grace_s,
        "remove": [str(path) for path in remove],
    }
    # In a session of its own, so that Ctrl-C in the terminal reaches this program first.
    supervisor = subprocess.Popen(
        [sys.executable, "-I", "-S", str(_SUPERVISOR), json.dumps(order)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    try:
        assert supervisor.stdout is not None
        first_line = supervisor.stdout.readline()
        if not first_line:
            raise StartError(f"{argv[0]}: its supervisor ended at once")
        pid = int(first_line)
        _await(ready, pid, argv[0], log, start_timeout_s)
    except BaseException:
        _end(supervisor, grace_s)
        raise
    return EmbeddedServer(url=url, pid=pid, grace_s=grace_s, supervisor=supervisor)


def free_port() -> int:
    """A TCP port on loopback that was free a moment ago; whoever binds it must be ready to try another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def bare_environment() -> dict[str, str]:
    """What a server or its tools inherit: where programs are, and nothing that would configure them."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"} | kept


def unprivileged_owner() -> tuple[int, int] | None:
    """User and group number of `nobody` when this process is root; None when it is an ordinary user."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def open_to_others(path: Path) -> bool:
    """Whether every user may read the path and get to it."""
    path = path.resolve()
    return path.stat().st_mode & 0o005 == 0o005 and all(
        parent.stat().st_mode & 0o001 for parent in path.parents
    )


def tail(log: Path) -> str:
    """The last lines of a log; empty where there is none."""
    try:
        return log.read_text(errors="replace")[-_LOG_TAIL:].strip()
    except OSError:
        return ""


def _await(ready: Callable[[int], bool], pid: int, program: str, log: Path, timeout_s: float) -> None:
    give_up_at = time.monotonic() + timeout_s
    while not ready(pid):
        if not _runs(pid):
            raise StartError(f"{program} ended while starting:\n{tail(log)}")
        if time.monotonic() > give_up_at:
            raise StartError(f"{program} was not ready after {timeout_s:.0f} s:\n{tail(log)}")
        time.sleep(_POLL_S)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end(supervisor: subprocess.Popen[bytes], grace_s: float) -> None:
    """Close the supervisor's input, which makes it stop the server and clean up, and wait for it."""
    for stream in (supervisor.stdin, supervisor.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    try:
        supervisor.wait(grace_s + 5.0)
    except subprocess.TimeoutExpired:
        # The kernel takes the server down with it.
        supervisor.kill()
        supervisor.wait()
