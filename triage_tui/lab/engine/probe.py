"""Asks one http url and ends with 0 where the answer is below 400, else with 1. Run as a script by health checks.

    python -I -S probe.py http://127.0.0.1:8000/health

It says what came: `HTTP 503: {"status": "degraded"}`, or why nothing did: `Connection refused`. It knows as much HTTP
as that needs, and imports nothing but sockets, so that it starts in some ten milliseconds.
"""

import socket
import sys

_TIMEOUT_S = 30.0
"""The health check's own timeout ends it earlier; this bounds one that is run by hand."""

_MOST_BYTES = 4096


def ask(url: str) -> tuple[bool, str]:
    """Whether the url answers below 400, and what it answers or why it does not."""
    scheme, _, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    host, _, port = place.partition(":")
    if scheme != "http" or not host:
        return False, f"not an http url: {url}"
    request = f"GET {slash or '/'}{path} HTTP/1.0\r\nHost: {place}\r\nUser-Agent: healthcheck\r\n\r\n"
    try:
        with socket.create_connection((host, int(port or 80)), _TIMEOUT_S) as connection:
            connection.sendall(request.encode())
            answer = _read(connection)
    except OSError as error:
        return False, f"{place}: {error.strerror or error}"
    head, _, body = answer.partition(b"\r\n\r\n")
    words = head.split(maxsplit=2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
        return False, f"{place}: no answer in HTTP"
    status = int(words[1])
    return status < 400, f"HTTP {status}: {body.decode(errors='replace').strip()}"


def _read(connection: socket.socket) -> bytes:
    answer = b""
    while len(answer) < _MOST_BYTES and (piece := connection.recv(_MOST_BYTES)):
        answer += piece
    return answer


if __name__ == "__main__":
    well, said = ask(sys.argv[1])
    sys.stdout.write(f"{said}\n")
    sys.exit(0 if well else 1)
