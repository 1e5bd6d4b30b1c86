"""The shop's health endpoint: `GET /health` answers 200, or 503 while checkouts are stuck."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from http import HTTPStatus

import msgspec

from triage_tui.lab.workload.jam import STUCK_S

_REQUEST_BYTES = 8192
_REQUEST_S = 5.0


async def open_health(waits_s: Callable[[], float], *, stuck_s: float = STUCK_S) -> asyncio.Server:
    """Listen on a free port of 127.0.0.1.

    waits_s  tells how long the oldest checkout has waited, in seconds
    stuck_s  from when on that is reported as 503
    """

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            async with asyncio.timeout(_REQUEST_S):
                request = await reader.readuntil(b"\r\n\r\n")
                writer.write(_response(request, waits_s(), stuck_s))
                await writer.drain()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(answer, "127.0.0.1", 0, limit=_REQUEST_BYTES)


def url_of(server: asyncio.Server) -> str:
    """Where the endpoint can be read."""
    host, port = server.sockets[0].getsockname()[:2]
    return f"http://{host}:{port}/health"


def _response(request: bytes, waits_s: float, stuck_s: float) -> bytes:
    if not request.startswith((b"GET /health ", b"HEAD /health ")):
        status, body = HTTPStatus.NOT_FOUND, b"{}"
    elif waits_s < stuck_s:
        status, body = HTTPStatus.OK, msgspec.json.encode({"status": "ok"})
    else:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        body = msgspec.json.encode({"status": "degraded", "checkout": f"waiting for {waits_s:.0f} s"})
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if request.startswith(b"HEAD") else body)
