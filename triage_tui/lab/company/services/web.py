"""HTTP among services: as much of it as they need, at a fraction of what a framework costs to import."""

from __future__ import annotations

import asyncio
import hmac
import json
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from triage_tui.lab.company.services.program import log

SIGNATURE = "x-signature"
_MOST_BYTES = 1 << 16
_REQUEST_S = 10.0
_QUIET = ("/health", "/live")
"""Asked by health checks every few seconds: nobody wants them in a log while they succeed."""


class Request(NamedTuple):
    """One request. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body's content; None where it has none."""
        return json.loads(self.body) if self.body else None


class Reply(NamedTuple):
    """What is answered: a status, and what becomes the JSON body."""

    status: int
    content: Any


Handler = Callable[[Request], Awaitable[Reply]]


class UnreachableError(Exception):
    """The other side took no connection, or broke off."""


class SlowError(Exception):
    """The other side did not answer in time."""


async def listen(port: int, handler: Handler) -> None:
    """Serve on 127.0.0.1 until cancelled. A handler that raises is a 500 with the error in the log."""

    async def answer(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            began = time.monotonic()
            async with asyncio.timeout(_REQUEST_S):
                request = await _read_request(reader)
            reply = await _handle(handler, request)
            writer.write(_encode(reply))
            await writer.drain()
            if request.path not in _QUIET or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                took_ms = (time.monotonic() - began) * 1000
                log.info('"%s %s" %d %.0f ms', request.method, request.path, reply.status, took_ms)
        except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, limit=_MOST_BYTES)
    log.info("listening on port %d", port)
    async with server:
        await server.serve_forever()


async def _handle(handler: Handler, request: Request) -> Reply:
    try:
        return await handler(request)
    except Exception as error:
        log.error("%s %s: %s: %s", request.method, request.path, type(error).__name__, _one_line(error))
        return Reply(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": _one_line(error)})


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


async def _read_request(reader: StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    if length > _MOST_BYTES:
        raise ValueError("body too large")
    return Request(method, path, headers, await reader.readexactly(length))


def _encode(reply: Reply) -> bytes:
    body = json.dumps(reply.content).encode()
    status = HTTPStatus(reply.status)
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode() + body


async def call(
    url: str,
    method: str = "GET",
    content: Any = None,
    *,
    secret: str | None = None,
    headers: Mapping[str, str] = {},
    timeout_s: float = 10.0,
) -> Reply:
    """Ask another service. secret: sign the request with it.

    Raises UnreachableError and SlowError, worded as the client that most services use words them.
    """
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    pool = f"HTTPConnectionPool(host='{parts.hostname}', port={parts.port})"
    body = b"" if content is None else json.dumps(content).encode()
    given = dict(headers) | ({SIGNATURE: sign(secret, method, path, body)} if secret is not None else {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    request = (
        f"{method} {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    )
    try:
        async with asyncio.timeout(timeout_s):
            return await _exchange(parts.hostname or "", parts.port or 80, request.encode() + body)
    except TimeoutError:
        raise SlowError(f"{pool}: Read timed out. (read timeout={timeout_s:g})") from None
    except (OSError, ValueError, asyncio.IncompleteReadError) as error:
        raise UnreachableError(
            f"{pool}: Max retries exceeded with url: {path} ({_one_line(error)})"
        ) from None


async def _exchange(host: str, port: int, request: bytes) -> Reply:
    reader, writer = await asyncio.open_connection(host, port, limit=_MOST_BYTES)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.read(_MOST_BYTES)
    finally:
        writer.close()
    return Reply(int(head.split(b" ", 2)[1]), json.loads(body))


def sign(secret: str, method: str, path: str, body: bytes) -> str:
    """HMAC-SHA256 of a request, in hex."""
    return hmac.new(secret.encode(), f"{method} {path}\n".encode() + body, "sha256").hexdigest()


def refusal(request: Request, secret: str) -> Reply | None:
    """What an unsigned or wrongly signed request is answered with; None where the signature is right."""
    given = request.headers.get(SIGNATURE, "")
    if hmac.compare_digest(given, sign(secret, request.method, request.path, request.body)):
        return None
    log.error("HMAC verification failed: Invalid signature on %s %s", request.method, request.path)
    return Reply(HTTPStatus.UNAUTHORIZED, {"error": "HMAC verification failed: Invalid signature"})
