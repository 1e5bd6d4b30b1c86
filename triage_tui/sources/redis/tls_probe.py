"""Whether a port speaks TLS: asked once, when the way that was configured has just failed."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from enum import Enum
from urllib.parse import unquote, urlsplit

PROBE_TIMEOUT_S = 0.5
"""The failure is known already; only its words get better."""

_PLAIN_STARTS = (b"+", b"-", b"$", b"*")


class Speaks(Enum):
    """What answered: Redis in the clear, TLS, or nothing that could be told."""

    PLAIN = "plain"
    TLS = "tls"
    UNKNOWN = "unknown"


async def what_speaks_at(url: str) -> Speaks:
    """Try the way that was not configured: TLS where the url says redis://, no TLS where it says rediss://.

    Sends a PING without credentials, or a handshake and nothing more. Nothing is verified, since nothing secret is
    sent. A socket in the file system speaks no TLS.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss"):
        return Speaks.UNKNOWN
    place = (unquote(parts.hostname or "localhost"), parts.port or 6379)
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(PROBE_TIMEOUT_S):
            return await (_plain(*place) if parts.scheme == "rediss" else _tls(*place))
    return Speaks.UNKNOWN


async def _plain(host: str, port: int) -> Speaks:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(b"PING\r\n")
        return Speaks.PLAIN if (await reader.read(1)) in _PLAIN_STARTS else Speaks.UNKNOWN
    finally:
        writer.transport.abort()


async def _tls(host: str, port: int) -> Speaks:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLError as error:
        # A server that asks for our certificate ends the handshake with an alert, which is TLS too.
        return Speaks.TLS if "alert" in str(error).lower() else Speaks.UNKNOWN
    writer.transport.abort()
    return Speaks.TLS
