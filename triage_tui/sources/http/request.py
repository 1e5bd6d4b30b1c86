"""One request, on a thread that may block, with a bound on everything that comes back.

`http.client` does it: the standard library's client reads one answer, follows nothing, keeps nothing and bounds lines
and headers. Environment proxies are ignored on purpose: what is asked is the endpoint itself, from this host.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct

from triage_tui.config.secret import Secret

CONNECT_S = 2.0
"""Seconds for each address that the name resolves to."""

SILENCE_S = 3.0
"""Seconds without a byte after which the answer is given up."""

BODY_BYTES = 65_536
"""Of the body that is searched for the expected text; the rest is not read."""

USER_AGENT = "triage-tui"


class Answer(Struct, frozen=True):
    """What came back.

    latency_s  from the start of the connection to the end of the header
    body       its first BODY_BYTES, where they were asked for
    expires_at when the certificate ends, in seconds since the epoch; None without TLS
    """

    status: int
    latency_s: float
    body: bytes = b""
    expires_at: float | None = None


class Request:
    """A GET that can be broken off from another thread.

    Raises ValueError where the URL makes no sense.
    """

    def __init__(self, url: str, headers: Mapping[str, Secret], context: ssl.SSLContext | None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("not an http:// or https:// URL with a host")
        self._parts = parts
        self._headers = headers
        self._context = context
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._cancelled = False

    def send(self, *, read_body: bool) -> Answer:
        """Connect, ask, read the header and as much of the body as is wanted, and hang up.

        Raises OSError (resolver and TLS among it) and http.client.HTTPException.
        """
        connection = self._connect()
        with contextlib.closing(connection):
            started = time.perf_counter()
            connection.connect()
            if connection.sock is not None:
                connection.sock.settimeout(SILENCE_S)
            # The client lets go of the socket when the answer's header says that the connection ends.
            expires_at = _expires_at(connection.sock)
            connection.request("GET", _path(self._parts), headers=self._sent_headers())
            answer = connection.getresponse()
            latency = time.perf_counter() - started
            body = answer.read(BODY_BYTES) if read_body else b""
            return Answer(answer.status, latency, body, expires_at)

    def cancel(self) -> None:
        """Break the request off: whatever the thread waits for ends at once."""
        with self._lock:
            self._cancelled = True
            sock = self._connection.sock if self._connection is not None else None
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        connection: http.client.HTTPConnection
        if self._context is not None:
            connection = http.client.HTTPSConnection(host, port, timeout=CONNECT_S, context=self._context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=CONNECT_S)
        with self._lock:
            if self._cancelled:
                raise TimeoutError
            self._connection = connection
        return connection

    def _sent_headers(self) -> dict[str, str]:
        sent = {"User-Agent": USER_AGENT, "Accept": "*/*", "Connection": "close"}
        if self._parts.username is not None:
            login = f"{unquote(self._parts.username)}:{unquote(self._parts.password or '')}"
            sent["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode('ascii')}"
        return sent | {name: value.reveal() for name, value in self._headers.items()}


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _expires_at(sock: object) -> float | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    certificate = sock.getpeercert()
    ends = certificate.get("notAfter") if certificate else None
    return float(ssl.cert_time_to_seconds(ends)) if isinstance(ends, str) else None
