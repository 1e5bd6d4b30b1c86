"""Certificates that end soon. One that has ended lets nobody in: that is in unreachable.py."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene
from triage_tui.model import Finding, Kind
from triage_tui.model.http import HttpData
from triage_tui.text import figures


def expiring(scene: Scene) -> Iterator[Finding]:
    """The time until the certificate of an endpoint ends. Without TLS there is none."""
    data = scene.data(HttpData)
    severity = scene.severity("http.tls_expires_in_s", data.tls_expires_in_s)
    if severity is None or data.tls_expires_in_s is None:
        return
    left = data.tls_expires_in_s
    when = f"ends in {figures.duration(left)}" if left > 0 else "has ended"
    yield scene.finding(
        severity,
        "",
        f"its certificate {when}",
        [
            scene.measured(
                f"valid until {figures.instant(data.tls_expires_at)}", "http.tls_expires_in_s", left, severity
            )
        ],
        against=["until then everything works"] if left > 0 else [],
        checks=[scene.deed("tls.certificate", why="whether the server still shows the old one")],
    )


RULES = (
    Rule(
        "http.tls-expiring",
        (Kind.HTTP,),
        "The end of the certificate that the endpoint shows, against now.",
        "From that second on every client refuses the connection.",
        expiring,
        limits=("http.tls_expires_in_s",),
        clear_s=0.0,
    ),
)
