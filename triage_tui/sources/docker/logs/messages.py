"""A stream of a log made into lines: Docker's frames, or the plain bytes of a terminal. Pure, and quick.

A frame is a byte for the stream (1 standard output, 2 standard error), three zeros, the length in four bytes, and the
message; with `timestamps=1` each message begins with its time. A line that is longer than 16 KiB comes in several
messages, the last of which ends with a line end. A container with a terminal has one stream and no frames.
"""

from __future__ import annotations

import struct

from msgspec import Struct

LONGEST_LINE = 8 << 10
"""Bytes kept of one line."""

LARGEST_FRAME = 1 << 20
"""Bytes of a frame that are waited for. Docker's have 16 KiB; what is longer is passed over as it comes."""

_HEADER = 8
_STREAMS = (0, 1, 2)
_length = struct.Struct(">L").unpack_from
_NEWLINE = 0x0A


class Position(Struct, frozen=True):
    """How far a log was read. at: the time of the last message, as the engine writes it; count: messages with it."""

    at: bytes
    count: int


class Lines:
    """Splits the pieces of one connection.

    after     what was read before, on another connection: messages up to there come again and are passed over
    position  how far this and the earlier connections have come
    """

    def __init__(self, after: Position | None = None) -> None:
        self.position = after
        self._again = after
        self._passed = 0
        self._rest = b""
        self._skip = 0
        self._framed: bool | None = None
        self._open: dict[int, bytearray | None] = {}

    def feed(self, data: bytes, room: int) -> tuple[list[bytes], int]:
        """At most `room` of the lines that are whole by now, each with its time in front and without its end, spread
        evenly over all of them; and how many there were."""
        data = self._rest + data if self._rest else data
        if self._framed is None:
            if len(data) < 4:
                self._rest = data
                return [], 0
            self._framed = data[0] in _STREAMS and data[1:4] == b"\0\0\0"
        spans = self._frames(data) if self._framed else self._plain(data)
        if self._again is not None:
            spans = self._beyond(data, spans)
        if not spans:
            return [], 0
        self._move(data, spans)
        return self._chosen(data, spans, room)

    def _frames(self, data: bytes) -> list[tuple[int, int, int]]:
        """(stream, start, end) of every whole message; what is left waits for the next piece."""
        spans: list[tuple[int, int, int]] = []
        at, end = 0, len(data)
        if self._skip:
            at = min(self._skip, end)
            self._skip -= at
        add = spans.append
        while end - at >= _HEADER:
            (size,) = _length(data, at + 4)
            start = at + _HEADER
            if start + size > end:
                if size > LARGEST_FRAME:
                    self._skip = start + size - end
                    at = end
                break
            at = start + size
            add((data[start - _HEADER], start, at))
        self._rest = data[at:]
        return spans

    def _plain(self, data: bytes) -> list[tuple[int, int, int]]:
        spans: list[tuple[int, int, int]] = []
        at = 0
        while (end := data.find(b"\n", at)) >= 0:
            spans.append((1, at, end + 1))
            at = end + 1
        self._rest = data[at:]
        if len(self._rest) > LONGEST_LINE:
            # Without an end for so long it is handed over as it is; what follows belongs to the same line.
            spans.append((1, at, len(data)))
            self._rest = b""
        return spans

    def _beyond(self, data: bytes, spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Without the messages that an earlier connection brought."""
        again = self._again
        assert again is not None
        for place, (_, start, end) in enumerate(spans):
            at = _time(data, start, end)
            if len(at) == len(again.at) and at < again.at:
                continue
            if at == again.at and self._passed < again.count:
                self._passed += 1
                continue
            self._again = None
            return spans[place:]
        return []

    def _move(self, data: bytes, spans: list[tuple[int, int, int]]) -> None:
        _, start, end = spans[-1]
        at = _time(data, start, end)
        if not at:
            return
        beginning = at + b" "
        count = 0
        for _, start, _ in reversed(spans):
            if not data.startswith(beginning, start):
                break
            count += 1
        else:
            if self.position is not None and self.position.at == at:
                count += self.position.count
        self.position = Position(at, count)

    def _chosen(self, data: bytes, spans: list[tuple[int, int, int]], room: int) -> tuple[list[bytes], int]:
        lines: list[bytes] = []
        begun = 0
        # Every n-th of them, if there are more than may be taken: a flood is seen over all of its length.
        step = max(1, -(-len(spans) // room)) if room > 0 else 0
        for stream, start, end in spans:
            ends = data[end - 1] == _NEWLINE if end > start else False
            if stream in self._open:
                self._continue(stream, data, start, end)
                if ends and (whole := self._open.pop(stream)) is not None:
                    lines.append(bytes(whole[:LONGEST_LINE]))
                continue
            wanted = step > 0 and begun % step == 0
            begun += 1
            if not ends:
                self._open[stream] = (
                    bytearray(data[start : min(end, start + LONGEST_LINE)]) if wanted else None
                )
            elif wanted:
                lines.append(data[start : min(end, start + LONGEST_LINE)])
        return lines, begun

    def _continue(self, stream: int, data: bytes, start: int, end: int) -> None:
        kept = self._open[stream]
        if kept is None or len(kept) >= LONGEST_LINE:
            return
        if self._framed:
            # Each part has its time in front again.
            blank = data.find(b" ", start, min(end, start + 64))
            start = blank + 1 if blank >= 0 else start
        kept += data[start : min(end, start + LONGEST_LINE - len(kept))]


def time_and_text(line: bytes) -> tuple[bytes, bytes]:
    """A line's time, as the engine writes it, and what was written then, without its end."""
    at = _time(line, 0, len(line))
    text = line[len(at) + 1 :] if at else line
    return at, text.rstrip(b"\r\n")


def _time(data: bytes, start: int, end: int) -> bytes:
    """The time that a message begins with; empty where it begins with none."""
    blank = data.find(b" ", start, min(end, start + 48))
    if blank < 0:
        # A line of nothing but its end.
        blank = end
        while blank > start and data[blank - 1] in b"\r\n":
            blank -= 1
    word = data[start:blank]
    return word if len(word) >= 20 and word[4:5] == b"-" and word[10:11] == b"T" else b""
