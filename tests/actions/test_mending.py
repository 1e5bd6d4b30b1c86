"""Which finding an order is to mend."""

from __future__ import annotations

from datetime import UTC, datetime

from triage_tui.actions.act import Order
from triage_tui.actions.mending import mended_by, proposing
from triage_tui.model import Deed, Diagnosis, Finding, Incident, Severity

RESTART = Order("docker.restart", "engine", "shop-api-1")


def finding(id: str, subject: str, severity: Severity, *actions: Deed) -> Finding:
    return Finding(id, severity, "engine", subject, f"{id} of {subject}", actions=actions)


def diagnosis(*findings: Finding, pending: tuple[Finding, ...] = ()) -> Diagnosis:
    incidents = tuple(Incident(one) for one in findings)
    return Diagnosis(0.0, datetime(2026, 3, 4, tzinfo=UTC), incidents, pending=pending)


UNHEALTHY = finding(
    "docker.unhealthy", "shop-api-1", Severity.WARNING, Deed("docker.restart", "engine", "shop-api-1")
)
CRAMPED = finding("docker.memory-near-limit", "shop-api-1", Severity.CRITICAL)
OTHER = finding(
    "docker.unhealthy", "shop-web-1", Severity.CRITICAL, Deed("docker.restart", "engine", "shop-web-1")
)


def test_what_proposes_it_counts_before_what_is_worse() -> None:
    assert mended_by(diagnosis(OTHER, CRAMPED, UNHEALTHY), RESTART) == UNHEALTHY
    assert proposing(diagnosis(OTHER, CRAMPED), RESTART) == ()


def test_else_the_worst_of_what_is_about_it() -> None:
    kill = Order("docker.kill", "engine", "shop-api-1")
    assert mended_by(diagnosis(OTHER, UNHEALTHY, CRAMPED), kill) == CRAMPED


def test_what_has_not_held_for_long_enough_counts() -> None:
    assert mended_by(diagnosis(OTHER, pending=(UNHEALTHY,)), RESTART) == UNHEALTHY


def test_nothing_where_nothing_is_known_to_be_wrong_with_it() -> None:
    assert mended_by(diagnosis(OTHER), RESTART) is None
    assert (
        mended_by(diagnosis(finding("host.load-high", "", Severity.WARNING)), Order("x.y", "engine")) is None
    )
