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

    @property
    def ok(self) -> bool:
        """The status is one that was hoped for: 200–399, or one that the configuration names."""
        return 200 <= self.status < 400 or self.status in self.expected_status
