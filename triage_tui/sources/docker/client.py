"""The SDK's low-level client with bounds: on time, on size, on connections, and on what may be asked at all."""

from __future__ import annotations

import socket
import threading
import urllib.parse
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import docker
import requests
import urllib3
from docker.constants import MINIMUM_DOCKER_API_VERSION
from docker.errors import create_api_error_from_http_exception
from docker.utils import convert_filters
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from triage_tui.sources.clock import steady
from triage_tui.sources.docker.clock import EngineClock
from triage_tui.sources.docker.endpoint import Endpoint

CONNECT_S = 2.0
"""Bound on connecting. An engine on a network that answers at all takes milliseconds."""

ANSWER_S = 4.0
"""Bound on an answer, from asking to its last byte. `docker ps` of 1,000 containers takes a tenth of it."""

LARGEST_ANSWER = 32 << 20
"""Bytes of one answer that are read: a list of ten thousand containers."""

_CHUNK = 64 << 10

_KEEPALIVE = [
    (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *[
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    ],
]
"""A quiet event stream to a host that vanished ends after 25 s."""


class AbortedError(Exception):
    """The client was told to give up while it was asking."""


class AnswerError(Exception):
    """The answer is not what an engine says, or larger than anything that one has to say."""


class _Sockets:
    """The open sockets of one client, so that another thread can end what they wait for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self.aborted = False

    def add(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.add(sock)
            if self.aborted:
                _shut(sock)

    def wait_forever(self) -> None:
        with self._lock:
            for sock in list(self._open):
                sock.settimeout(None)

    def abort(self) -> None:
        with self._lock:
            self.aborted = True
            for sock in list(self._open):
                _shut(sock)


def _shut(sock: socket.socket) -> None:
    try:
        # Not the method of an SSLSocket: it would drop the TLS state under the thread that reads.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return


class Client(docker.APIClient):
    """Asks one engine, one question at a time, with GET and nothing else. For one thread; `abort` is for others.

    Raises what the SDK, requests, urllib3 and the socket raise, AnswerError and AbortedError.
    version     the API version to speak; None only for `version()`, which needs none
    on_request  called with method and path of everything that leaves
    """

    def __init__(
        self,
        endpoint: Endpoint,
        clock: EngineClock,
        *,
        version: str | None = None,
        on_request: Callable[[str, str], None] | None = None,
    ) -> None:
        self._sockets = _Sockets()
        self._answer_s = ANSWER_S
        self._clock = clock
        self._on_request = on_request
        # Any version keeps the constructor from asking the engine for its own.
        super().__init__(base_url=_base_url(endpoint), version=version or MINIMUM_DOCKER_API_VERSION)
        self.max_redirects = 0
        # A .netrc, a CA bundle for the web and proxies for it have no say about an engine.
        self.trust_env = False
        if endpoint.scheme == "unix":
            self.mount("http+docker://", _UnixAdapter(endpoint.path, self._sockets))
        else:
            for scheme in ("http://", "https://"):
                self.mount(scheme, _TcpAdapter(self._sockets))
        if endpoint.tls is not None:
            self.verify = (endpoint.tls.ca or True) if endpoint.tls.verify else False
            if endpoint.tls.cert and endpoint.tls.key:
                self.cert = (endpoint.tls.cert, endpoint.tls.key)
            if not endpoint.tls.verify:
                # The choice stands in the configuration; a warning on standard error would land on the screen.
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    @property
    def aborted(self) -> bool:
        """It was told to give up and is of no use any more."""
        return self._sockets.aborted

    def abort(self) -> None:
        """End whatever the client waits for, now and from now on. For any thread."""
        self._sockets.abort()

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        """Send a GET and read its whole answer, within the bounds; only the head of it where it is streamed."""
        self._admit(request)
        if self._on_request is not None:
            self._on_request(request.method or "", urllib.parse.urlsplit(request.url or "").path)
        streamed = kwargs.pop("stream", False)
        kwargs["timeout"] = (CONNECT_S, self._answer_s)
        asked_at = steady()
        try:
            response = super().send(request, stream=True, **kwargs)
            self._clock.heard(response.headers.get("Date"), asked_at, steady())
            return response if streamed else _whole(response, asked_at + self._answer_s)
        except Exception as error:
            if self._sockets.aborted:
                raise AbortedError("given up") from error
            raise

    def _admit(self, request: requests.PreparedRequest) -> None:
        """Asked immediately before anything leaves. Raises ValueError: a look changes nothing."""
        if request.method != "GET":
            raise ValueError(f"a look must not send {request.method}")

    def stream_events(self, since: str, filters: Mapping[str, Any]) -> Iterator[bytes]:
        """Pieces of the stream of events as they come, after the engine has agreed to send them. It ends when the
        engine ends it; that is no error.

        The SDK's own iterator would wait for a missing end of line with all of memory.
        """
        asked_at = steady()
        response = self.get(
            f"{self.base_url}/v{self.api_version}/events",
            params={"since": since, "filters": convert_filters(dict(filters))},
            stream=True,
        )
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            _whole(response, asked_at + ANSWER_S)
            raise create_api_error_from_http_exception(error) from error
        # A quiet stream is a good one.
        self._sockets.wait_forever()
        return self._pieces(response)

    def _pieces(self, response: requests.Response) -> Iterator[bytes]:
        try:
            if response.raw.chunked:
                yield from response.raw.read_chunked()
            else:
                while piece := response.raw.read1(_CHUNK):
                    yield piece
        except Exception as error:
            if self._sockets.aborted:
                raise AbortedError("given up") from error
            raise
        finally:
            response.close()


def _base_url(endpoint: Endpoint) -> str:
    if endpoint.scheme == "unix":
        # The path is the adapter's; as part of a URL it would be quoted, split and normalised.
        return "unix:///engine"
    scheme = "https" if endpoint.tls else "http"
    host = f"[{endpoint.host}]" if endpoint.host and ":" in endpoint.host else endpoint.host
    return f"{scheme}://{host}:{endpoint.port}{endpoint.path}"


def _whole(response: requests.Response, end: float) -> requests.Response:
    """The response with its body read. Raises requests.ReadTimeout at `end`, and AnswerError."""
    body = bytearray()
    for piece in response.iter_content(_CHUNK):
        body += piece
        if len(body) > LARGEST_ANSWER:
            response.close()
            raise AnswerError(f"the answer has more than {LARGEST_ANSWER >> 20} MiB")
        if steady() > end:
            response.close()
            raise requests.ReadTimeout("the answer did not end in time")
    # Where requests itself keeps a body that it has read.
    response._content = bytes(body)
    return response


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, sockets: _Sockets, **kwargs: Any) -> None:
        super().__init__("localhost", **kwargs)
        self._path = path
        self._registry = sockets

    def connect(self) -> None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(CONNECT_S)
            sock.connect(self._path)
        except BaseException:
            sock.close()
            raise
        self.sock = sock
        self._registry.add(sock)


class _UnixPool(HTTPConnectionPool):
    def __init__(self, path: str, sockets: _Sockets) -> None:
        super().__init__("localhost", maxsize=1)
        self._path = path
        self._registry = sockets

    def _new_conn(self) -> HTTPConnection:
        return _UnixConnection(self._path, self._registry, timeout=CONNECT_S)


class _UnixAdapter(HTTPAdapter):
    """One connection to one socket. The SDK's adapter keeps a pool, and so a connection, for each distinct URL."""

    def __init__(self, path: str, sockets: _Sockets) -> None:
        self._pool = _UnixPool(path, sockets)
        super().__init__(pool_connections=1, pool_maxsize=1)

    def get_connection_with_tls_context(self, *args: object, **kwargs: object) -> HTTPConnectionPool:
        return self._pool

    def get_connection(self, *args: object, **kwargs: object) -> HTTPConnectionPool:
        return self._pool

    def request_url(self, request: requests.PreparedRequest, proxies: object) -> str:
        return request.path_url

    def close(self) -> None:
        super().close()
        self._pool.close()


class _TcpAdapter(HTTPAdapter):
    """requests' adapter, whose connections are known to the client."""

    def __init__(self, sockets: _Sockets) -> None:
        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                sockets.add(self.sock)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self._pools = {"http": PlainPool, "https": SecurePool}
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, socket_options=_KEEPALIVE, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools
