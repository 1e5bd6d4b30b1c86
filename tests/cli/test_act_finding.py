"""Which finding `triage act` takes for the one that is to be mended."""

from __future__ import annotations

from datetime import UTC, datetime

from triage_tui.actions.act import Order
from triage_tui.cli.act_finding import meant
from triage_tui.model import Diagnosis, Finding, Severity
from triage_tui.model.finding import Deed, Incident, Quiet

RESTART = Order("docker.restart", "docker", "web")


def finding(id: str, target: str, subject: str, *deeds: Deed) -> Finding:
    return Finding(id, Severity.CRITICAL, target, subject, "", actions=deeds)


def diagnosis(
    *found: Finding, quiet: tuple[Finding, ...] = (), pending: tuple[Finding, ...] = ()
) -> Diagnosis:
    return Diagnosis(
        1.0,
        datetime(2026, 1, 1, tzinfo=UTC),
        tuple(Incident(one) for one in found),
        tuple(Quiet(one, "known") for one in quiet),
        pending,
    )


WEB = finding("docker.unhealthy", "docker", "web", Deed("docker.restart", "docker", "web"))
API = finding("docker.unhealthy", "docker", "api", Deed("docker.restart", "docker", "api"))
DOWN = finding("http.down", "front", "", Deed("docker.restart", "docker", "web"))


def test_named_with_its_subject_it_is_that_one() -> None:
    assert meant(diagnosis(API, WEB), RESTART, "docker.unhealthy:api") == (API,)
    assert meant(diagnosis(API, WEB), RESTART, "docker.unhealthy:db") == ()


def test_of_several_the_one_that_proposes_this_counts() -> None:
    assert meant(diagnosis(API, WEB), RESTART, "docker.unhealthy") == (WEB,)
    assert meant(diagnosis(API, DOWN, WEB), RESTART, "http.down") == (DOWN,)


def test_then_the_one_about_it_and_then_the_one_of_its_target() -> None:
    elsewhere = finding("docker.exited", "other", "web")
    about, beside = finding("docker.exited", "docker", "web"), finding("docker.exited", "docker", "api")
    assert meant(diagnosis(elsewhere, beside, about), RESTART, "docker.exited") == (about,)
    assert meant(diagnosis(elsewhere, beside), RESTART, "docker.exited") == (beside,)
    assert meant(diagnosis(elsewhere), RESTART, "docker.exited") == (elsewhere,)


def test_what_nothing_tells_apart_is_left_to_the_reader() -> None:
    them = finding("http.down", "front", ""), finding("http.down", "back", "")
    assert meant(diagnosis(*them), RESTART, "http.down") == them


def test_unnamed_it_is_the_first_that_proposes_exactly_this() -> None:
    assert meant(diagnosis(API, DOWN, WEB), RESTART, None) == (DOWN,)
    assert meant(diagnosis(API), RESTART, None) == ()
    stop = finding("docker.exited", "docker", "web", Deed("docker.start", "docker", "web"))
    assert meant(diagnosis(stop), RESTART, None) == ()


def test_what_is_quiet_or_has_not_held_yet_counts_too() -> None:
    assert meant(diagnosis(quiet=(WEB,)), RESTART, "docker.unhealthy") == (WEB,)
    assert meant(diagnosis(pending=(WEB,)), RESTART, None) == (WEB,)
