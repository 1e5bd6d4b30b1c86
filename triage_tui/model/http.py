"""One answer of an HTTP endpoint."""

from __future__ import annotations

from msgspec import Struct


class HttpData(Struct, frozen=True):
    """One request.

    status          HTTP status
    latency_s       from the start of the connection to the end of the header
    tls_expires_at  ISO 8601; None where the endpoint speaks no TLS
    body_ok         the body holds the expected text; None where none is expected
    """

    status: int
    latency_s: float
    tls_expires_at: str | None = None
    tls_expires_in_s: float | None = None
    body_ok: bool | None = None
    expected_status: tuple[int, ...] = ()
