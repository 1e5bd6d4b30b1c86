"""Runs one server process and outlives its parent just long enough to take it down.

Started as a script, without the package, by `server.launch`. It forks the server, writes its process id to
standard output, and then waits for the end of its standard input, which comes when the parent closes it or dies
of whatever cause, SIGKILL included. Then it stops the server and removes its files. Should the supervisor itself
be killed, the kernel ends the server (Linux); its files stay, since nobody is left to remove them.

The single argument is a JSON object:
    argv         program and arguments
    environment  all of the server's environment
    folder       its working directory
    log          file that takes its output, made with mode 0600 beforehand
    user, group  numbers to run as; null: as we are
    stop         signal that ends it in good order
    grace_s      seconds between that signal and SIGKILL
    remove       files and folders to remove when it has ended
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

_PR_SET_PDEATHSIG = 1
_CANNOT_EXEC = 127


def main() -> int:
    """Supervise one server to its end. Returns 0: how the server ended is for its log to say."""
    order: dict[str, Any] = json.loads(sys.argv[1])
    supervisor = os.getpid()
    server = os.fork()
    if server == 0:
        _become(order, supervisor)
    os.write(1, b"%d\n" % server)
    ended = threading.Event()
    stopping = threading.Thread(target=_stop_after_parent, args=(order, server, ended))
    stopping.start()
    # A polite request to end is the same as the parent's end.
    signal.signal(signal.SIGTERM, lambda *_: _signal(server, order["stop"]))
    # The server stays a zombie until `ended` is set, so its number cannot be reused while it may be signalled.
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
    ended.set()
    os.waitpid(server, 0)
    stopping.join()
    for path in map(Path, order["remove"]):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return 0


def _become(order: dict[str, Any], supervisor: int) -> NoReturn:
    """Turn this forked child into the server."""
    try:
        os.chdir(order["folder"])
        log = os.open(order["log"], os.O_WRONLY | os.O_APPEND)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        if order["user"] is not None:
            os.setgroups([])
            os.setgid(order["group"])
            os.setuid(order["user"])
        # After setuid, which clears it. It follows the thread that forks: the supervisor's first, its last to end.
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(order["stop"]), 0, 0, 0)
            if os.getppid() != supervisor:
                os._exit(0)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.umask(0o077)
        os.execve(order["argv"][0], order["argv"], order["environment"])
    except OSError as error:
        os.write(2, f"{order['argv'][0]}: {error}\n".encode())
        os._exit(_CANNOT_EXEC)


def _stop_after_parent(order: dict[str, Any], server: int, ended: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    if not ended.is_set():
        _signal(server, order["stop"])
        if not ended.wait(order["grace_s"]):
            _signal(server, signal.SIGKILL)


def _signal(server: int, number: int) -> None:
    try:
        os.kill(server, number)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    sys.exit(main())
