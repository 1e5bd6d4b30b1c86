"""Previews to guard."""

from __future__ import annotations

from triage_tui.actions.act import Danger, Identity, Order, Preview


def preview_of(argument: str, *, target: str = "docker", taken_at: float = 0.0) -> Preview:
    return Preview(
        order=Order("docker.restart", target, argument),
        identity=Identity(argument or target, (("id", argument or target), ("started_at", "2026"))),
        endpoint="unix:///run/docker.sock",
        title=f"restart container {argument}",
        danger=Danger.DISRUPTIVE,
        facts=(("image", "shop/api:1"),),
        affects=("it",),
        sends=("POST /containers/x/restart",),
        undo="it runs again by itself",
        taken_at=taken_at,
    )
