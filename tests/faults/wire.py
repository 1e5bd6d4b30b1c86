"""One connection through the proxy: two ends, two directions, and the mode that decides what travels."""

from __future__ import annotations

import asyncio
import enum
import os
import random
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_HELD_BYTES = 1 << 20
"""Bytes of one direction kept while they may not travel; then the sender is left waiting, as by a full window."""

_PIECE_S = 0.05
"""On a narrow line this much of a second's bytes travel at once."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Name(enum.Enum):
    """What the network does; see the methods of FaultProxy."""

    PASS = enum.auto()
    LATENCY = enum.auto()
    BANDWIDTH = enum.auto()
    BLACKHOLE = enum.auto()
    REFUSE = enum.auto()
    RESET = enum.auto()
    SLOW_CLOSE = enum.auto()
    GARBAGE = enum.auto()
    HALF_ANSWER = enum.auto()
    CUT = enum.auto()


_SILENT = frozenset({Name.BLACKHOLE, Name.GARBAGE, Name.HALF_ANSWER})
"""Here a client that leaves is gone: nothing will come that it could still wait for."""

_ALONE = frozenset({Name.BLACKHOLE, Name.REFUSE, Name.RESET, Name.GARBAGE})
"""Here nothing travels to the upstream, so that none is needed."""


@dataclass(frozen=True)
class Mode:
    name: Name
    seconds: float = 0.0
    count: int = 0
    rate: float = 0.0
    seed: int = 0


class End(asyncio.Protocol):
    """One socket of a wire, and the bytes read from it that have not travelled yet."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.held = bytearray()
        self.ended = False
        self.scheduled = 0
        self.paced = False
        self.transport: asyncio.Transport | None = None
        self._congested = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._wire.made(self)

    def data_received(self, data: bytes) -> None:
        self.held += data
        self._wire.moved()

    def eof_received(self) -> bool:
        self.ended = True
        self._wire.ended(self)
        return True

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = True
        self._wire.lost(self, error)

    def pause_writing(self) -> None:
        self._congested = True

    def resume_writing(self) -> None:
        self._congested = False
        self._wire.moved()

    @property
    def full(self) -> bool:
        """It takes no more bytes: whoever sends to it must wait."""
        return self._congested

    def throttle(self, on: bool) -> None:
        if self.transport is not None and not self.transport.is_closing() and not self.ended:
            if on:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    def abort(self, *, reset: bool = False) -> None:
        if self.transport is None:
            return
        raw = self.transport.get_extra_info("socket")
        if reset and raw is not None and raw.family != socket.AF_UNIX and raw.fileno() >= 0:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()


class Wire:
    """A client's connection and the upstream's, joined by a mode."""

    def __init__(
        self, upstream: tuple[str, int] | Path | None, mode: Mode, forget: Callable[[Wire], None]
    ) -> None:
        self.client = End(self)
        self.server = End(self)
        self.open = True
        self.gone = asyncio.Event()
        self._address = upstream
        self._mode = mode
        self._forget = forget
        self._answered = 0
        self._connecting: asyncio.Task[None] | None = None
        self._reset_by_upstream = False
        self._watched: int | None = None
        self._loop = asyncio.get_running_loop()
        self._random = random.Random(mode.seed)

    def become(self, mode: Mode) -> None:
        """Obey another mode from now on."""
        self._mode = mode
        self._answered = 0
        self._random = random.Random(mode.seed)
        self.client.scheduled = self.server.scheduled = 0
        self.client.paced = self.server.paced = False
        if mode.name in (Name.REFUSE, Name.RESET):
            self._abort(reset=True)
        else:
            self._pump()

    def made(self, end: End) -> None:
        if self._mode.name is Name.REFUSE:
            self._abort(reset=True)
        elif self._mode.name is Name.RESET and end is self.client:
            self._reset_at_first_bytes(end)
        else:
            self._pump()

    def moved(self) -> None:
        self._pump()

    def ended(self, end: End) -> None:
        if end is self.client:
            self.open = False
            if self._mode.name in _SILENT:
                self._abort()
                return
        self._pump()

    def lost(self, end: End, error: Exception | None) -> None:
        if end is self.server:
            self._reset_by_upstream = error is not None
            self._pump()
        else:
            self._abort()
            self.gone.set()
            self._forget(self)

    def _abort(self, *, reset: bool = False) -> None:
        self.open = False
        if self._connecting is not None:
            self._connecting.cancel()
        self.client.abort(reset=reset)
        self.server.abort(reset=reset)
        self._unwatch()

    def _reset_at_first_bytes(self, end: End) -> None:
        # Bytes that lie unread when a socket closes make a reset even of a Unix socket, which knows no other way.
        # The transport owns its descriptor; a second one can be watched.
        assert end.transport is not None
        # Up to Python 3.11.4 a transport begins to read after this, paused or not; so it is paused after that.
        self._loop.call_soon(end.transport.pause_reading)
        self._watched = os.dup(end.transport.get_extra_info("socket").fileno())
        self._loop.add_reader(self._watched, lambda: self._abort(reset=True))

    def _unwatch(self) -> None:
        if self._watched is not None:
            self._loop.remove_reader(self._watched)
            os.close(self._watched)
            self._watched = None

    def _pump(self) -> None:
        """Move what may travel now, in both directions."""
        if self.client.transport is None or self.client.transport.is_closing():
            return
        if self._mode.name not in _ALONE and self._connecting is None:
            self._connecting = self._loop.create_task(self._connect())
        if self.server.transport is not None:
            self._move(self.client, self.server)
            self._move(self.server, self.client)
        elif self._mode.name is Name.GARBAGE:
            self._move(self.client, self.server)
        self.client.throttle(len(self.client.held) > _HELD_BYTES or self.server.full)
        self.server.throttle(len(self.server.held) > _HELD_BYTES or self.client.full)

    async def _connect(self) -> None:
        try:
            match self._address:
                case Path() as path:
                    await self._loop.create_unix_connection(lambda: self.server, str(path))
                case (host, port):
                    await self._loop.create_connection(lambda: self.server, host, port)
                case None:
                    self._abort(reset=True)
        except OSError:
            self._abort(reset=True)

    def _move(self, source: End, sink: End) -> None:
        answer = source is self.server
        match self._mode.name:
            case Name.PASS | Name.SLOW_CLOSE:
                self._send(source, sink, len(source.held))
                self._finish_when_empty(source, sink)
            case Name.LATENCY:
                waiting = len(source.held) - source.scheduled
                if waiting:
                    source.scheduled += waiting
                    self._loop.call_later(self._mode.seconds, self._arrive, self._mode, source, sink, waiting)
                if source.ended:
                    self._loop.call_later(self._mode.seconds, self._arrive, self._mode, source, sink, 0)
            case Name.BANDWIDTH:
                self._send_piece(source, sink)
            case Name.HALF_ANSWER | Name.CUT if answer:
                self._send_part(source, sink)
            case Name.HALF_ANSWER | Name.CUT:
                self._send(source, sink, len(source.held))
                self._finish_when_empty(source, sink)
            case Name.GARBAGE if answer:
                source.held.clear()
            case Name.GARBAGE if source.held:
                source.held.clear()
                self._write(source, self._random.randbytes(self._mode.count))

    def _send_piece(self, source: End, sink: End) -> None:
        if source.paced:
            return
        rate = self._mode.rate
        sent = self._send(source, sink, min(len(source.held), max(1, round(rate * _PIECE_S))))
        if sent:
            source.paced = True
            self._loop.call_later(sent / rate, self._go_on, self._mode, source)
        else:
            self._finish_when_empty(source, sink)

    def _go_on(self, mode: Mode, source: End) -> None:
        if mode is self._mode:
            source.paced = False
            self._pump()

    def _send_part(self, source: End, sink: End) -> None:
        allowed = max(0, self._mode.count - self._answered)
        self._answered += self._send(source, sink, min(allowed, len(source.held)))
        if self._mode.name is Name.CUT:
            if self._answered >= self._mode.count and (self._mode.count or source.held):
                self._close_both()
            else:
                self._finish_when_empty(source, sink)

    def _arrive(self, mode: Mode, source: End, sink: End, count: int) -> None:
        if mode is not self._mode:
            return
        source.scheduled -= self._send(source, sink, min(count, len(source.held)))
        self._finish_when_empty(source, sink)

    def _send(self, source: End, sink: End, count: int) -> int:
        if count and sink.transport is not None and not sink.transport.is_closing():
            self._write(sink, bytes(source.held[:count]))
            del source.held[:count]
            return count
        return 0

    def _write(self, sink: End, data: bytes) -> None:
        if sink.transport is not None and not sink.transport.is_closing():
            sink.transport.write(data)

    def _finish_when_empty(self, source: End, sink: End) -> None:
        if not source.ended or source.held:
            return
        if self._mode.name is Name.SLOW_CLOSE:
            self._loop.call_later(self._mode.seconds, self._finish, self._mode, source, sink)
        else:
            self._finish(self._mode, source, sink)

    def _finish(self, mode: Mode, source: End, sink: End) -> None:
        if mode is not self._mode:
            return
        if source is self.server:
            if self._reset_by_upstream:
                self._abort(reset=True)
            else:
                self._close_both()
        elif sink.transport is not None and not sink.transport.is_closing():
            sink.transport.write_eof()

    def _close_both(self) -> None:
        self.open = False
        for end in (self.client, self.server):
            if end.transport is not None:
                end.transport.close()
