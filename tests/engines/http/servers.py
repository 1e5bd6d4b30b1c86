"""Small real HTTP(S) servers, each on a thread of its own."""

from __future__ import annotations

import contextlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


class Handler(BaseHTTPRequestHandler):
    """Answers with the status in the path, and keeps what it was asked."""

    seen: ClassVar[list[tuple[str, dict[str, str]]]] = []

    def do_GET(self) -> None:
        """`/503` is answered with 503; `/endless` never ends; `/health` says so."""
        type(self).seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        word = self.path.strip("/").partition("?")[0]
        status = int(word) if word.isdigit() else 200
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(b"all is well\n")
            while word == "endless":
                self.wfile.write(b"x" * 65_536)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on loopback; yields its port."""
    Handler.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # What a client that goes away does to a thread is not the test's business.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
