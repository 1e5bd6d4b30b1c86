"""The file of what was made quiet by key. Blocks; for a thread.

One line of JSON for each. It is replaced whole, under a lock of its own, by what is in it and what changed: so
several programs lose nothing of each other, and whoever reads it finds an old file or a new one, never half of one.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from triage_tui.config.hush import Hush, Identity, decode, encode
from triage_tui.config.state import lock, open_file, open_folder
from triage_tui.text import safe

NAME = "quiet.jsonl"
LOCK = "quiet.lock"
_NEW = "quiet.new"

MOST = 200
"""Hushes that are kept. Of more, those that were set first are dropped: what they are about is told again."""

MAX_BYTES = 512 * 1024
"""Twice what the most of them take."""

_SHOWN = 3

Stamp = tuple[int, int, int]
"""Inode, modification in nanoseconds, size: another one where the file was replaced."""


class HushError(Exception):
    """The file cannot be read, or not be written; the words say which file, and why."""


class Kept(Struct, frozen=True):
    """What a file holds.

    mistakes  lines that cannot be understood, in words, `file:line: …`; they stay in the file as they are
    stamp     of the file that was read; None where there is none
    """

    hushes: tuple[Hush, ...] = ()
    broken: tuple[bytes, ...] = ()
    mistakes: tuple[str, ...] = ()
    stamp: Stamp | None = None


class HushFile:
    """The file in a folder. Holds nothing open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / NAME

    def stamp(self) -> Stamp | None:
        """Of the file as it is now; None where there is none, or nothing is known of it."""
        try:
            return _stamp(self.path.lstat())
        except OSError:
            return None

    def read(self) -> Kept:
        """All of it; nothing where there is no file. Raises HushError."""
        with self._told():
            try:
                folder = open_folder(self.folder, make=False)
            except FileNotFoundError:
                return Kept()
            try:
                return self._read(folder)
            finally:
                os.close(folder)

    def change(self, now: datetime, *, add: Sequence[Hush] = (), drop: Collection[Identity] = ()) -> Kept:
        """Write what was set and what was lifted, without what is over. now: UTC. Raises HushError: nothing changed."""
        replaced = {*drop, *(one.identity for one in add)}
        with self._told():
            folder = open_folder(self.folder, make=True)
            try:
                with _locked(folder):
                    before = self._read(folder)
                    left = [one for one in before.hushes if one.identity not in replaced and one.holds(now)]
                    hushes = tuple(sorted([*left, *add], key=lambda one: one.set_at)[-MOST:])
                    raw = b"".join(line + b"\n" for line in (*before.broken, *map(encode, hushes)))
                    if len(raw) > MAX_BYTES:
                        raise HushError(f"{safe(str(self.path))}: would be larger than {MAX_BYTES} bytes")
                    _replace(folder, raw)
                    return self._read(folder)
            finally:
                os.close(folder)

    def _read(self, folder: int) -> Kept:
        try:
            handle = open_file(NAME, folder, write=False)
        except FileNotFoundError:
            return Kept()
        with os.fdopen(handle, "rb") as file:
            stamp = _stamp(os.fstat(handle))
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise HushError(f"{safe(str(self.path))}: is larger than {MAX_BYTES} bytes; move it away")
        hushes: dict[Identity, Hush] = {}
        broken, mistakes = [], []
        for number, line in enumerate(raw.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                hush = decode(line)
            except ValueError as error:
                broken.append(line)
                mistakes.append(f"{safe(str(self.path))}:{number}: {error}")
            else:
                hushes[hush.identity] = hush
        return Kept(tuple(hushes.values()), tuple(broken), _few(mistakes), stamp)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Errors of the system as HushErrors."""
        try:
            yield
        except OSError as error:
            known = os.strerror(error.errno) if error.errno else str(error)
            words = (
                "is a link, which is not followed" if error.errno == errno.ELOOP else error.strerror or known
            )
            raise HushError(f"{safe(str(self.path))}: {safe(words)}") from error


def _few(mistakes: Sequence[str]) -> tuple[str, ...]:
    more = len(mistakes) - _SHOWN
    return (*mistakes[:_SHOWN], f"and {more} more lines of it") if more > 0 else tuple(mistakes)


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_ino, status.st_mtime_ns, status.st_size


def _replace(folder: int, raw: bytes) -> None:
    """Give the file new contents: they are on the disk before the name is theirs."""
    with contextlib.suppress(FileNotFoundError):
        # Left by a program that died here. Nobody else writes: we hold the lock.
        os.unlink(_NEW, dir_fd=folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(_NEW, flags, 0o600, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(handle)
        os.replace(_NEW, NAME, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(_NEW, dir_fd=folder)
        raise
    os.fsync(folder)


@contextlib.contextmanager
def _locked(folder: int) -> Iterator[None]:
    """Alone among the programs that write. The lock is a file of its own: the other one is replaced."""
    handle = open_file(LOCK, folder, write=True)
    try:
        lock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
