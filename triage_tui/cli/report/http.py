"""An HTTP endpoint in the plain report."""

from __future__ import annotations

from triage_tui.model.http import HttpData
from triage_tui.text import figures


def body(data: HttpData) -> list[str]:
    """Status, latency, and the end of the certificate."""
    parts = [f"status {data.status}", f"in {figures.duration(data.latency_s)}"]
    if data.body_ok is not None:
        parts.append("body as expected" if data.body_ok else "body NOT as expected")
    if data.tls_expires_in_s is not None:
        parts.append(f"certificate ends in {figures.duration(data.tls_expires_in_s)}")
    return [f"  {', '.join(parts)}"]
