"""One answer without an end, read from the engine piece by piece.

The SDK's client takes a thread for each stream and reads it byte by byte in places; a hundred streams are followed
here on the loop. After each piece reading rests for a moment, so that a container that writes a thousand lines a second
wakes us ten times and not a thousand. What is not read meanwhile waits in the socket, and then in the engine.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from functools import lru_cache
from typing import cast

from triage_tui.sources.docker.client import CONNECT_S
from triage_tui.sources.docker.endpoint import Endpoint, Tls

LEAST_REST_S, MOST_REST_S = 0.004, 0.4
"""Between two pieces: the least where much comes, the most where little does."""

MUCH = 12 << 10
"""Bytes of a piece from which on it was much. A socket holds some 200 messages of a short line each."""

LONGEST_HEAD = 32 << 10
LONGEST_COMPLAINT = 2 << 10
_OK = 200


class Pipe(asyncio.Protocol):
    """A GET by HTTP/1.0, whose answer ends with the connection and is not cut into chunks; if it is all the same, the
    chunks are put together.

    status     of the answer; None until it has come
    complaint  what the engine said where the status is not 200
    """

    def __init__(self, path: str, take: Callable[[bytes], None]) -> None:
        self._path = path
        self._take = take
        self._transport: asyncio.Transport | None = None
        self._head = bytearray()
        self._chunks: _Chunks | None = None
        self._rest_s = LEAST_REST_S
        self._resting: asyncio.TimerHandle | None = None
        self.status: int | None = None
        self.complaint = b""
        self.error: BaseException | None = None
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(
            f"GET {self._path} HTTP/1.0\r\nHost: docker\r\nAccept: */*\r\n\r\n".encode("ascii")
        )

    def data_received(self, data: bytes) -> None:
        """Pass on what belongs to the body, and rest."""
        if self.status is None:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                if len(self._head) > LONGEST_HEAD:
                    self._fail(ValueError("the answer's header has no end"))
                return
            head, data = bytes(self._head[:end]), bytes(self._head[end + 4 :])
            self._head.clear()
            try:
                self._understand(head)
            except ValueError as error:
                self._fail(error)
                return
        try:
            body = self._chunks.feed(data) if self._chunks is not None else data
        except ValueError as error:
            self._fail(error)
            return
        if not body:
            return
        if self.status == _OK:
            self._take(body)
        else:
            self.complaint = (self.complaint + body)[:LONGEST_COMPLAINT]
        self._rest(len(data))

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended: the container, the engine, or we."""
        if self._resting is not None:
            self._resting.cancel()
        self.error = self.error or exc
        self._transport = None
        self.ended.set()

    def stop(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()

    def _rest(self, size: int) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._rest_s = (
            max(LEAST_REST_S, self._rest_s / 8) if size >= MUCH else min(MOST_REST_S, self._rest_s * 2)
        )
        self._transport.pause_reading()
        self._resting = asyncio.get_running_loop().call_later(self._rest_s, self._go_on)

    def _go_on(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def _understand(self, head: bytes) -> None:
        first, *fields = head.decode("latin-1").split("\r\n")
        version, _, rest = first.partition(" ")
        if not version.startswith("HTTP/1.") or not rest[:3].isdecimal():
            raise ValueError("the answer is no HTTP")
        self.status = int(rest[:3])
        for field in fields:
            name, _, value = field.partition(":")
            if name.strip().lower() == "transfer-encoding" and "chunked" in value.lower():
                self._chunks = _Chunks()

    def _fail(self, error: Exception) -> None:
        self.error = error
        self.stop()


class _Chunks:
    """Puts the chunks of a body together."""

    def __init__(self) -> None:
        self._rest = b""
        self._left = 0

    def feed(self, data: bytes) -> bytes:
        """What of the body is in this piece. Raises ValueError for what is no chunk."""
        data = self._rest + data
        self._rest = b""
        parts: list[bytes] = []
        at, end = 0, len(data)
        while at < end:
            if self._left:
                part = data[at : at + self._left]
                parts.append(part)
                at += len(part)
                self._left -= len(part)
                continue
            if data.startswith(b"\r\n", at):
                at += 2
                continue
            line = data.find(b"\r\n", at)
            if line < 0:
                self._rest = data[at:]
                if len(self._rest) > 1024:
                    raise ValueError("a chunk has no size")
                break
            self._left = int(data[at:line].partition(b";")[0] or b"x", 16)
            at = line + 2
            if self._left == 0:
                break
        return b"".join(parts)


async def connect(endpoint: Endpoint, path: str, take: Callable[[bytes], None]) -> Pipe:
    """Ask the engine for a path below its address. Raises OSError and TimeoutError.

    endpoint: the near end, unix or tcp; take: called with each piece of the body
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(CONNECT_S):
        if endpoint.scheme == "unix":
            _, pipe = await loop.create_unix_connection(lambda: Pipe(path, take), endpoint.path)
        else:
            _, pipe = await loop.create_connection(
                lambda: Pipe(f"{endpoint.path}{path}", take),
                endpoint.host or "",
                endpoint.port or 0,
                ssl=_context(endpoint.tls) if endpoint.tls is not None else None,
            )
    return pipe


@lru_cache(maxsize=8)
def _context(tls: Tls) -> ssl.SSLContext:
    """As requests would have it with the same files. Making one reads all authorities of the system."""
    context = ssl.create_default_context(cafile=tls.ca)
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.cert and tls.key:
        context.load_cert_chain(tls.cert, tls.key)
    return context
