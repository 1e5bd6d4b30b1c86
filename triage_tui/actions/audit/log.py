"""Writing the audit: one line at a time, chained, on the disk before anybody goes on. Blocks; for a thread."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from triage_tui.actions.audit.place import HEAD, LOG
from triage_tui.actions.audit.record import FIRST, LONGEST_LINE, Record, decode, digest_of, encode
from triage_tui.config.state import LOCK_S, lock, open_file, open_folder
from triage_tui.text import safe

TAIL = 4 * 1024 * 1024
"""Bytes from the end that are read where the latest records are enough: some thousands of them."""


class AuditError(Exception):
    """The audit cannot be written, or not be read; the words say why."""


class AuditLog:
    """The log in a folder. Holds nothing open: the file may be taken away at any moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def path(self) -> Path:
        """The file with the records."""
        return self.folder / LOG

    def append(self, content: dict[str, Any]) -> Record:
        """Write one record and see it onto the disk. Raises AuditError: it is not written, or not whole."""
        with _told(self.path), self._opened(write=True) as (folder, log):
            last, torn, end = _last(log)
            if last is None and end > (len(torn) if torn is not None else 0):
                raise AuditError(f"{self.path}: its last record is not one; see `triage audit verify`")
            number, previous = (last.number + 1, last.hash) if last is not None else (1, FIRST)
            line, digest = encode(content, number, previous, digest_of(torn) if torn is not None else None)
            _write(log, (b"\n" if torn is not None else b"") + line, end)
            head = open_file(HEAD, folder, write=True)
            try:
                os.pwrite(head, f"{number:020d} {digest}\n".encode(), 0)
                os.fsync(head)
            finally:
                os.close(head)
            if number == 1:
                # The names of new files are on the disk as well.
                os.fsync(folder)
            record = decode(line[:-1])
            assert record is not None
            return record

    def read(self, *, whole: bool = False) -> bytes:
        """The log as it is on the disk: the last TAIL bytes, from the beginning of a line, or all of it; empty where
        there is none. Raises AuditError."""
        with _told(self.path):
            try:
                with self._opened(write=False) as (_, log):
                    size = os.fstat(log).st_size
                    start = 0 if whole else max(0, size - TAIL)
                    raw = _read(log, start, size)
            except FileNotFoundError:
                return b""
            return raw if start == 0 else raw.partition(b"\n")[2]

    def head(self) -> tuple[int, str] | None:
        """Number and hash of the last record that was written; None where none ever was. Raises AuditError."""
        with _told(self.folder / HEAD):
            try:
                folder = open_folder(self.folder, make=False)
            except FileNotFoundError:
                return None
            try:
                handle = open_file(HEAD, folder, write=False)
            except FileNotFoundError:
                return None
            finally:
                os.close(folder)
            try:
                number, _, digest = os.pread(handle, 200, 0).decode("ascii", "replace").strip().partition(" ")
            finally:
                os.close(handle)
            return (int(number) if number.isdecimal() else -1), digest

    def records(self) -> list[Record]:
        """The latest records that are whole, the oldest first. Raises AuditError."""
        return [record for line in self.read().splitlines() if (record := decode(line)) is not None]

    @contextlib.contextmanager
    def _opened(self, *, write: bool) -> Iterator[tuple[int, int]]:
        """Descriptors of the folder and of the log, locked against other writers."""
        folder = open_folder(self.folder, make=write)
        try:
            log = open_file(LOG, folder, write=write)
            try:
                _lock(log, fcntl.LOCK_EX if write else fcntl.LOCK_SH)
                yield folder, log
            finally:
                os.close(log)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Errors of the system as AuditErrors."""
    try:
        yield
    except OSError as error:
        known = os.strerror(error.errno) if error.errno else ""
        words = error.strerror or known or str(error)
        raise AuditError(f"{safe(str(path))}: {safe(words)}") from error


def _lock(handle: int, how: int) -> None:
    try:
        lock(handle, how)
    except TimeoutError:
        raise AuditError(f"another instance has held the audit for {LOCK_S:g} s") from None


def _last(log: int) -> tuple[Record | None, bytes | None, int]:
    """The last whole record, half a line after it, and where the file ends."""
    end = os.fstat(log).st_size
    if end == 0:
        return None, None, 0
    raw = _read(log, max(0, end - 2 * LONGEST_LINE - 4096), end)
    *lines, rest = raw.split(b"\n")
    torn = rest or None
    for line in reversed(lines):
        record = decode(line)
        if record is not None:
            return record, torn, end
        if line == lines[-1] and torn is None:
            # A whole line that is no record: not torn by a crash, but changed by somebody.
            return None, None, end
    return None, torn, end


def _read(log: int, start: int, end: int) -> bytes:
    pieces = []
    while start < end:
        piece = os.pread(log, min(1 << 20, end - start), start)
        if not piece:
            break
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def _write(log: int, raw: bytes, at: int) -> None:
    """All of it onto the disk, or nothing as far as that can be had. Raises OSError."""
    done = 0
    try:
        while done < len(raw):
            done += os.pwrite(log, raw[done:], at + done)
        os.fsync(log)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(log, at)
        raise
