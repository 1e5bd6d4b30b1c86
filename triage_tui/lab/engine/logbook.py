"""What one container writes: kept on disk within limits, read back, and followed.

A line on disk is `time stream end text`, e.g. `2026-03-01T10:00:00.123456789Z 1 . ready`: stream 1 or 2 (standard
output or error), and `.` where the line ended there, `+` where it goes on in the next, since it was longer than PIECE.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from triage_tui.lab.engine.feed import Feed
from triage_tui.lab.engine.spec import LogLimits

PIECE = 16 << 10
"""Bytes of one message; Docker splits longer lines there as well."""

BYTES_PER_S = 4 << 20
"""Read from one container's output. A flood above it waits in the pipe, and so slows its writer and not the engine."""

BEHIND = 10_000
"""Lines that a follower may be behind; beyond that it misses the oldest."""

_STAMP = len("2026-03-01T10:00:00.123456789Z")
_HEADER = _STAMP + len(" 1 . ")
STREAMS = (1, 2)


class Line(Struct, frozen=True):
    """One message. at: its time as text of fixed width, so that texts compare as times do.
    stream: 1 standard output, 2 standard error. text: with its end of line, where it ends there."""

    at: str
    stream: int
    text: bytes


def stamp(nanoseconds: int) -> str:
    """A time in nanoseconds since 1970 as RFC 3339 in UTC, always with nine digits."""
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


class LogBook:
    """The log of one container, in a folder of its own.

    A disk that takes no more costs what was written since, never the container.
    """

    def __init__(self, folder: Path, limits: LogLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._size = 0
        self._followers: set[Feed[Line]] = set()

    @property
    def path(self) -> Path:
        """The file that is written to."""
        return self._folder / "0.log"

    def read(
        self, streams: frozenset[int], *, since: str = "", until: str = "~", tail: int | None = None
    ) -> list[Line]:
        """What is kept of these streams, the oldest first.

        since, until  times as `stamp` writes them, both inclusive
        tail          at most so many of the newest
        """
        kept: deque[Line] = deque(maxlen=tail)
        for line in self._lines():
            if line.stream in streams and since <= line.at <= until:
                kept.append(line)
        return list(kept)

    def follow(self, streams: frozenset[int]) -> Feed[Line]:
        """What is written from now on, until the run ends."""
        return Feed(self._followers, BEHIND, lambda line: line.stream in streams)

    @property
    def followers(self) -> int:
        """How many follow."""
        return len(self._followers)

    def ended(self) -> None:
        """The container runs no more: followers get what is left, and then their end."""
        for follower in self._followers:
            follower.end()

    async def take(self, reader: asyncio.StreamReader, stream: int) -> None:
        """Take over what a process writes, until it writes no more."""
        pending = b""
        while chunk := await reader.read(PIECE * 4):
            *whole, pending = (pending + chunk).split(b"\n")
            lines = [piece for line in whole for piece in _pieces(line + b"\n")]
            if len(pending) >= PIECE:
                *pieces, pending = _pieces(pending)
                lines += pieces
            self.add(stream, lines)
            await asyncio.sleep(len(chunk) / BYTES_PER_S)
        if pending:
            self.add(stream, [pending])

    def add(self, stream: int, texts: list[bytes], at_ns: int | None = None) -> None:
        """Note messages of at most PIECE bytes each. at_ns: None for now."""
        if not texts:
            return
        at = stamp(time.time_ns() if at_ns is None else at_ns)
        self._write(
            b"".join(
                b"%s %d %s %s\n"
                % (at.encode(), stream, b"." if text.endswith(b"\n") else b"+", text.rstrip(b"\n"))
                for text in texts
            )
        )
        for text in texts:
            line = Line(at, stream, text)
            for follower in self._followers:
                follower.add(line)

    def _write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._size + len(data) > self._limits.bytes:
                self._rotate()
            with self.path.open("ab") as file:
                file.write(data)
                self._size = file.tell()

    def _rotate(self) -> None:
        last = max(self._limits.files, 1) - 1
        for number in range(last, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                (self._folder / f"{number - 1}.log").replace(self._folder / f"{number}.log")
        if last == 0:
            self.path.unlink(missing_ok=True)
        self._size = 0

    def _lines(self) -> Iterator[Line]:
        for number in range(max(self._limits.files, 1) - 1, -1, -1):
            try:
                data = (self._folder / f"{number}.log").read_bytes()
            except OSError:
                continue
            for raw in data.split(b"\n"):
                if len(raw) >= _HEADER:
                    end = b"\n" if raw[_STAMP + 3 : _STAMP + 4] == b"." else b""
                    yield Line(raw[:_STAMP].decode(), raw[_STAMP + 1] - ord("0"), raw[_HEADER:] + end)


def _pieces(line: bytes) -> list[bytes]:
    return [line[start : start + PIECE] for start in range(0, len(line), PIECE)]
