"""The folder of a lab: whose it is, whether somebody lives in it, and its removal with all that belongs to it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONTROL = "control"
CONFIGURATION = "triage.toml"
LOG = "lab.log"
_LOCK = "lock"
_ELSEWHERE = "elsewhere"
_LONGEST_SOCKET_PATH = 100
"""The kernel takes 107 bytes on Linux and 103 on macOS."""

_TRIES = 3

_MODE = 0o711 if os.geteuid() == 0 else 0o700
"""Of the folder. PostgreSQL does not run as root, and the user that it runs as instead has to get to its data."""


class HomeError(Exception):
    """The folder cannot be used; the message says why, for people."""


class TakenError(HomeError):
    """A lab lives there."""


def folder_of_user() -> Path:
    """Where `triage lab up` has its lab: one for each user of this machine."""
    return Path(tempfile.gettempdir()) / f"triage-lab-{os.geteuid()}"


@contextmanager
def claimed(folder: Path) -> Iterator[int]:
    """Make the folder, or take over one that a lab has left behind, and hold its lock.

    Yields the descriptor that holds it: whoever inherits it holds it too, until the last one is gone.
    Raises TakenError where somebody holds it, HomeError where the folder is not ours or cannot be made.
    """
    if len(bytes(folder / CONTROL)) > _LONGEST_SOCKET_PATH:
        raise HomeError(f"{folder} is too long a path for sockets in it; set TMPDIR to a shorter one")
    for _ in range(_TRIES):
        descriptor = _lock(folder)
        # Another may have removed the folder between the opening of the file and the lock on it.
        if _is_file(folder / _LOCK, descriptor):
            break
        os.close(descriptor)
    else:
        raise HomeError(f"{folder} is made and removed all the time; try again")
    try:
        _empty(folder)
        yield descriptor
    finally:
        os.close(descriptor)


def is_taken(folder: Path) -> bool:
    """Whether a lab lives there. Raises HomeError where the folder is not ours."""
    try:
        with claimed_if_there(folder):
            return False
    except TakenError:
        return True


@contextmanager
def claimed_if_there(folder: Path) -> Iterator[bool]:
    """Hold the lock of a folder that may be there; yields whether it is. Raises as `claimed`; nothing is emptied."""
    try:
        folder.lstat()
    except FileNotFoundError:
        yield False
        return
    descriptor = _lock(folder)
    try:
        yield True
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """Everything of a lab that has ended: its folder, and what it keeps elsewhere."""
    with contextlib.suppress(OSError):
        for place in (folder / _ELSEWHERE).read_text().splitlines():
            shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


def keeps_elsewhere(folder: Path, place: Path) -> None:
    """Note a folder outside that belongs to the lab, so that whoever tidies up finds it."""
    if not place.is_relative_to(folder):
        with (folder / _ELSEWHERE).open("a") as notes:
            notes.write(f"{place}\n")


def _lock(folder: Path) -> int:
    try:
        folder.mkdir(mode=_MODE, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise HomeError(f"{folder} is not a folder of yours; set TMPDIR to another place")
        folder.chmod(_MODE)
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise HomeError(f"{folder} cannot be used: {os.strerror(error.errno or errno.EIO)}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise TakenError(f"a lab is running already, in {folder}") from None
    return descriptor


def _is_file(path: Path, descriptor: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    return False


def _empty(folder: Path) -> None:
    """Of what a lab that was killed has left; the lock stays."""
    with contextlib.suppress(OSError):
        for place in (folder / _ELSEWHERE).read_text().splitlines():
            shutil.rmtree(place, ignore_errors=True)
    for path in folder.iterdir():
        if path.name == _LOCK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
