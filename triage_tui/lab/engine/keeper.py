"""Starts processes for the engine, one shim each, and lets none of them outlive it.

Run as a script, without the package. Its standard input is a socket on which the engine sends, for each process to
run, one byte with three descriptors: a control socket, and what becomes standard output and standard error. The
keeper forks a shim, which shares its memory and so costs next to nothing; the shim reads its order from the control
socket, forks the process in a session of its own, and stays its parent to the end.

    engine ── keeper ─┬─ shim ── process and all that it starts
                      └─ shim ── …

On the control socket, one JSON object a line:

    to the shim    {"argv", "environment", "folder", "farewell", "grace_s"}    the order, once
                   {"signal": n}                         send to the process
                   {"all": n}                            send to all that it has started as well
    to the engine  {"pid", "shim"} or {"failed": text}   it runs, or why it could not be started
                   {"code": n}                           it ended, as a shell would say it: 128 + the signal

When the process ends, all that it has started and left is killed, as in a container. When the control socket
closes, which is what the engine's end does in whatever way it comes, the process gets its farewell, a signal, and some
seconds of grace to leave no files and no shared memory behind; then it is killed too. A shim that is killed takes its
process along at once (Linux), and the keeper kills what is left of it.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LINUX = sys.platform == "linux"
_ROUNDS = 200
"""Of killing what goes on starting processes while it is being killed."""

_STOP_ROUNDS = 5
_PAUSE_S = 0.01
_COULD_NOT_EXEC = 127


def main() -> int:
    """Serve the engine until it is gone."""
    engine = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _adopt_orphans()
    bell = _ring_for_children()
    shims: set[int] = set()
    while True:
        ready, _, _ = select.select([engine.fileno(), bell], [], [])
        if bell in ready:
            os.read(bell, 4096)
            _bury(shims)
        if engine.fileno() not in ready:
            continue
        word, descriptors, _, _ = socket.recv_fds(engine, 1, 3)
        if not word:
            return 0
        shim = os.fork()
        if shim == 0:
            engine.close()
            _shim(*descriptors)
        shims.add(shim)
        for descriptor in descriptors:
            os.close(descriptor)


def _bury(shims: set[int]) -> None:
    """Forget shims that ended. What has become our child without being one was left by a shim that was killed."""
    while (ended := _reap()) is not None:
        shims.discard(ended[0])
    for pid in _descendants(os.getpid(), besides=shims):
        _send(pid, signal.SIGKILL)


def _shim(control_number: int, out: int, err: int) -> NoReturn:
    """Run one process. Never returns to the keeper's loop."""
    code = 1
    try:
        _adopt_orphans()
        bell = _ring_for_children()
        control = socket.socket(fileno=control_number)
        lines = control.makefile("rb", buffering=0)
        order = json.loads(lines.readline() or b"null")
        if order is not None:
            _run(order, control, out, err, bell)
        code = 0
    finally:
        os._exit(code)


def _run(order: dict[str, Any], control: socket.socket, out: int, err: int, bell: int) -> None:
    failure, failed = os.pipe()
    shim = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(order, shim, out, err, failed)
    for descriptor in (out, err, failed):
        os.close(descriptor)
    # It closes when the program has taken over, and holds the reason where it could not.
    with os.fdopen(failure, "rb") as reason:
        said = reason.read().decode(errors="replace")
    if said:
        os.waitpid(pid, 0)
        _tell(control, {"failed": said})
        return
    _tell(control, {"pid": pid, "shim": shim})
    code = _stay(pid, control, bell)
    if code is None:
        code = _part(pid, order, bell)
    _kill_all(pid)
    _tell(control, {"code": code})


def _become(order: dict[str, Any], shim: int, out: int, err: int, failed: int) -> NoReturn:
    """Turn this forked child into the program."""
    program = order["argv"][0]
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        if _LINUX:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
            if os.getppid() != shim:
                os._exit(1)
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        os.set_inheritable(failed, False)
        os.closerange(3, failed)
        os.closerange(failed + 1, failed + 64)
        os.umask(0o022)
        os.chdir(order["folder"])
        os.execve(_found(program, order["environment"]), order["argv"], order["environment"])
    except OSError as error:
        os.write(failed, _complaint(program, order["folder"], error).encode())
    finally:
        os._exit(_COULD_NOT_EXEC)


def _found(program: str, environment: dict[str, str]) -> str:
    """The path of a program. Folders of PATH that may not be entered hold nothing, as for Docker's runtime. Raises
    FileNotFoundError."""
    if "/" in program:
        return program
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        path = f"{folder or '.'}/{program}"
        if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113
            return path
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), program)


def _complaint(program: str, folder: str, error: OSError) -> str:
    """In the words of Docker's runtime."""
    if not os.path.isdir(folder):  # noqa: PTH112  (this script starts without pathlib)
        return f'chdir to cwd ("{folder}") set in config.json failed: {os.strerror(error.errno or 0).lower()}'
    if error.errno == errno.ENOENT:
        where = "no such file or directory" if "/" in program else "executable file not found in $PATH"
        return (
            f'exec: "{program}": {where}'
            if "/" not in program
            else f'exec: "{program}": stat {program}: {where}'
        )
    return f'exec: "{program}": {os.strerror(error.errno or 0).lower()}'


def _stay(pid: int, control: socket.socket, bell: int) -> int | None:
    """Do what the engine says until the process ends. Returns its code; None where the engine has nothing more to
    say."""
    pending = b""
    while True:
        ready, _, _ = select.select([control.fileno(), bell], [], [])
        if bell in ready:
            os.read(bell, 4096)
            while (ended := _reap()) is not None:
                if ended[0] == pid:
                    return ended[1]
        if control.fileno() in ready:
            try:
                came = control.recv(4096)
            except ConnectionError:
                came = b""
            if not came:
                return None
            *lines, pending = (pending + came).split(b"\n")
            for line in lines:
                _obey(json.loads(line), pid)


def _part(pid: int, order: dict[str, Any], bell: int) -> int:
    """Let the process end in good order, for as long as it may take. Returns its code."""
    end = time.monotonic() + order["grace_s"]
    if order["grace_s"]:
        _send(pid, order["farewell"])
        # Whoever is stopped hears nothing.
        for each in _descendants(os.getpid()):
            _send(each, signal.SIGCONT)
    while (left := end - time.monotonic()) > 0:
        select.select([bell], [], [], left)
        while (ended := _reap()) is not None:
            if ended[0] == pid:
                return ended[1]
    return 128 + signal.SIGKILL


def _obey(command: dict[str, int], pid: int) -> None:
    # Only this shim can bury the process, and it does not do so in between: the number is still its own.
    if "signal" in command:
        _send(pid, command["signal"])
    elif "all" in command:
        told: set[int] = set()
        # What is being stopped may start another before it is its turn.
        for _ in range(_STOP_ROUNDS):
            ahead = set(_descendants(os.getpid())) - told
            for each in ahead:
                _send(each, command["all"])
            told |= ahead
            if not ahead:
                return


def _kill_all(pid: int) -> None:
    """Kill the process and whatever it has left, until nothing of it runs."""
    for _ in range(_ROUNDS):
        if not _LINUX:
            # Orphans are nobody's children here; those that stayed in the session are still its group.
            _send(-pid, signal.SIGKILL)
        left = _descendants(os.getpid())
        for each in left:
            _send(each, signal.SIGKILL)
        while _reap() is not None:
            pass
        if not left:
            return
        select.select([], [], [], _PAUSE_S)


def _descendants(pid: int, besides: Iterable[int] = ()) -> list[int]:
    """All that a process has started, however far down; nothing below `besides`."""
    if _has_none(pid, set(besides)):
        return []
    children: dict[int, list[int]] = {}
    for each, parent in _parents():
        children.setdefault(parent, []).append(each)
    found: list[int] = []
    ahead = [child for child in children.get(pid, ()) if child not in set(besides)]
    while ahead:
        each = ahead.pop()
        found.append(each)
        ahead += children.get(each, ())
    return found


def _has_none(pid: int, besides: set[int]) -> bool:
    """Whether the kernel says at once that there are none, which saves reading about every process. Nothing here has
    more than one thread."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as children:  # noqa: PTH123
            return {int(child) for child in children.read().split()} <= besides
    except OSError:
        return False


def _parents() -> Iterable[tuple[int, int]]:
    """Every process but zombies, with its parent."""
    if not _LINUX:
        listed = subprocess.run(
            ["/bin/ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=False
        )
        for line in listed.stdout.splitlines():
            pid, parent, state = line.split()[:3]
            if not state.startswith("Z"):
                yield int(pid), int(parent)
        return
    for name in os.listdir("/proc"):  # noqa: PTH208  (this script starts without pathlib)
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123
                # What precedes the state is the name in brackets, which may hold anything.
                fields = stat.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if len(fields) > 1 and fields[0] != b"Z":
            yield int(name), int(fields[1])


def _reap() -> tuple[int, int] | None:
    """One child that has ended and its code; None where there is none."""
    try:
        pid, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return None
    if pid == 0:
        return None
    code = os.waitstatus_to_exitcode(status)
    return pid, code if code >= 0 else 128 - code


def _adopt_orphans() -> None:
    if _LINUX:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _ring_for_children() -> int:
    """A descriptor that becomes readable when a child ends."""
    bell, rope = os.pipe()
    os.set_blocking(bell, False)
    os.set_blocking(rope, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(rope, warn_on_full_buffer=False)
    return bell


def _tell(control: socket.socket, word: dict[str, Any]) -> None:
    try:
        control.sendall(json.dumps(word).encode() + b"\n")
    except OSError:
        # The engine is gone; so is everything that it might have done with this.
        return


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


if __name__ == "__main__":
    # Ctrl-C in a terminal is for the engine, which then ends this by closing the socket.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(main())
