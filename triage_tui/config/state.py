"""The folder for what outlives a run, and how files in it are opened: nobody else's, and through no link."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

from triage_tui.config.toml.file import home_of

FOLDER = "triage-tui"

LOCK_S = 3.0
"""How long another program's writing is waited for; it takes milliseconds."""

_STEP_S = 0.02


def state_folder(environ: Mapping[str, str]) -> Path:
    """`$XDG_STATE_HOME/triage-tui`, by default below `~/.local/state`. Nothing is made.

    A relative path in the variable is ignored (XDG Base Directory Specification, "Environment variables").
    """
    named = Path(environ.get("XDG_STATE_HOME", ""))
    return (named if named.is_absolute() else home_of(environ) / ".local" / "state") / FOLDER


def open_folder(folder: Path, *, make: bool) -> int:
    """A descriptor of the folder, made 0700 where it is missing and `make` says so. Raises OSError."""
    if make:
        folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _ours(os.fstat(handle), "folder")
        if make:
            _narrow(handle, 0o700)
    except BaseException:
        os.close(handle)
        raise
    return handle


def open_file(name: str, folder: int, *, write: bool) -> int:
    """A descriptor of a file in the folder; made 0600 where it is missing and is to be written. Raises OSError."""
    flags = os.O_RDWR | os.O_CREAT if write else os.O_RDONLY
    # Not blocking: something may have put a pipe there, whose opening would wait for a writer.
    flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    handle = os.open(name, flags, 0o600, dir_fd=folder)
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise PermissionError(1, f"{name} is no regular file")
        if status.st_nlink > 1:
            raise PermissionError(1, f"{name} has a second name elsewhere")
        _ours(status, name)
        if write:
            _narrow(handle, 0o600)
    except BaseException:
        os.close(handle)
        raise
    return handle


def lock(handle: int, how: int) -> None:
    """Wait for a lock on an open file, until it is closed. how: as for flock.

    Raises TimeoutError where another program holds it for LOCK_S.
    """
    until = time.monotonic() + LOCK_S
    while True:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= until:
                held = f"another program has held it for {LOCK_S:g} s"
                raise TimeoutError(errno.ETIMEDOUT, held) from None
            time.sleep(_STEP_S)


def _ours(status: os.stat_result, what: str) -> None:
    if status.st_uid != os.geteuid():
        raise PermissionError(1, f"the {what} belongs to user {status.st_uid}")


def _narrow(handle: int, mode: int) -> None:
    if stat.S_IMODE(os.fstat(handle).st_mode) != mode:
        os.fchmod(handle, mode)
