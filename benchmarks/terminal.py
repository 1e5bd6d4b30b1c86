"""A program in a pseudo-terminal, watched from outside as the person at the other end of the line sees it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import psutil
import pyte
from msgspec import Struct

READ_BYTES = 1 << 16
POLL_S = 0.005


class Usage(Struct, frozen=True):
    """What a program took in a window of time.

    cpu_percent  of one core, with all its children; bytes_per_s to the terminal; memory_mib proportional set size
    """

    cpu_percent: float
    bytes_per_s: float
    memory_mib: float


class Terminal:
    """Runs a program in a pty and keeps what it shows."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 140,
        rows: int = 45,
        environment: Mapping[str, str] = {},
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._bytes = 0
        self.ended = False
        self.started_at = time.perf_counter()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.environ.update(
                {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"} | dict(environment)
            )
            for name in ("COLUMNS", "LINES"):
                os.environ.pop(name, None)
            os.execvp(command[0], list(command))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return "\n".join(self._screen.display)

    def pump(self, timeout_s: float) -> bool:
        """Read what has come; True where something did."""
        readable, _, _ = select.select([self._fd], [], [], timeout_s)
        if not readable:
            return False
        try:
            data = os.read(self._fd, READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self.ended = True
            return False
        self._bytes += len(data)
        if b"\x1b[6n" in data:
            self.type(f"\x1b[{self._screen.cursor.y + 1};{self._screen.cursor.x + 1}R")
        # An emulator that does not know a sequence is not the program's fault.
        with contextlib.suppress(Exception):
            self._stream.feed(data)
        return True

    def until(self, pattern: str, timeout_s: float) -> float:
        """Seconds from the start until the pattern is on the screen. Raises TimeoutError with the screen."""
        wanted = re.compile(pattern)
        while not wanted.search(self.text):
            if self.ended or time.perf_counter() - self.started_at > timeout_s:
                raise TimeoutError(f"{pattern!r} did not appear:\n{self.text}")
            self.pump(POLL_S)
        return time.perf_counter() - self.started_at

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._fd, keys.encode())

    def idle(self, seconds: float) -> None:
        """Let time pass, reading all the while."""
        end = time.perf_counter() + seconds
        while not self.ended and (left := end - time.perf_counter()) > 0:
            self.pump(min(left, 0.05))

    def steady(self, seconds: float) -> Usage:
        """What the program takes while nobody touches it."""
        cpu, sent, at = self.cpu_s(), self._bytes, time.perf_counter()
        self.idle(seconds)
        passed = time.perf_counter() - at
        return Usage(100 * (self.cpu_s() - cpu) / passed, (self._bytes - sent) / passed, self._memory_mib())

    def reaction_ms(self, key: str, timeout_s: float = 5.0) -> float:
        """Milliseconds from a key to the moment at which the selection stands on another row."""
        before = self._selected_row()
        at = time.perf_counter()
        self.type(key)
        while self._selected_row() == before:
            if time.perf_counter() - at > timeout_s:
                raise TimeoutError(f"no reaction to {key!r}:\n{self.text}")
            self.pump(POLL_S)
        return 1000 * (time.perf_counter() - at)

    def _selected_row(self) -> int | None:
        """The row whose first cells have the most unusual background: that of the selection."""
        backgrounds = [self._screen.buffer[y][2].bg for y in range(self._screen.lines)]
        rare = [y for y, colour in enumerate(backgrounds) if backgrounds.count(colour) == 1]
        return rare[0] if rare else None

    def _processes(self) -> list[psutil.Process]:
        try:
            root = psutil.Process(self.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def cpu_s(self) -> float:
        """CPU seconds of the program and its children so far."""
        total = 0.0
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system + times.children_user + times.children_system
        return total

    def _memory_mib(self) -> float:
        total = 0
        for process in self._processes():
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / 2**20

    def close(self) -> None:
        """End the program."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
            end = time.perf_counter() + 5
            while time.perf_counter() < end:
                done, _status = os.waitpid(self.pid, os.WNOHANG)
                if done:
                    os.close(self._fd)
                    return
                with contextlib.suppress(OSError, ValueError):
                    self.pump(0.02)
