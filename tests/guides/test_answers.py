"""Which entries are proposed for a finding, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guides.writing import guide
from triage_tui.guides.answers import answers
from triage_tui.guides.library import Library
from triage_tui.model import Evidence, Finding, Severity

RESTARTS = "docker.restart-loop"


def restarting(container: str, *, quotes: tuple[str, ...] = (), guides: tuple[str, ...] = ()) -> Finding:
    return Finding(
        id=RESTARTS,
        severity=Severity.CRITICAL,
        target="engine",
        subject=container,
        title=f"{container} has restarted 4 times",
        evidence=(Evidence("4 restarts in a minute", age_s=1.0),),
        quotes=quotes,
        guides=guides,
    )


@pytest.fixture
def library(tmp_path: Path) -> Library:
    guide(tmp_path, "docker/restart-loop", f"findings: [{RESTARTS}]\nservices: [docker]")
    guide(tmp_path, "shop/api-restarts", f"findings: [{RESTARTS}]\nservices: [shop-api]")
    guide(tmp_path, "shop/restarts", f"findings: [{RESTARTS}]\nservices: [shop]")
    guide(tmp_path, "other/restarts", f"findings: [{RESTARTS}]\nservices: [other-api]")
    guide(tmp_path, "host/address-in-use", "signatures: [{text: address already in use}]")
    return Library([tmp_path], None)


def proposed(library: Library, finding: Finding) -> list[str]:
    return [answer.id for answer in answers(library, finding)]


def test_the_entry_that_names_the_very_service_precedes_the_one_for_the_kind(library: Library) -> None:
    assert proposed(library, restarting("shop-api-1"))[:2] == ["shop/api-restarts", "docker/restart-loop"]


def test_the_entry_for_the_kind_leads_where_none_names_the_service(library: Library) -> None:
    assert proposed(library, restarting("billing-web-1"))[0] == "docker/restart-loop"


def test_a_service_of_one_word_is_anybody(library: Library) -> None:
    assert proposed(library, restarting("shop-web-1"))[0] == "docker/restart-loop"


def test_what_the_log_says_leads_and_both_others_follow(library: Library) -> None:
    found = proposed(library, restarting("shop-api-1", quotes=("OSError: address already in use",)))
    assert found[:3] == ["host/address-in-use", "shop/api-restarts", "docker/restart-loop"]


def test_what_the_finding_names_itself_comes_first_and_once(library: Library) -> None:
    found = proposed(library, restarting("shop-api-1", guides=("docker/restart-loop",)))
    assert found[:2] == ["docker/restart-loop", "shop/api-restarts"]
    assert len(found) == len(set(found))


def test_it_says_why(library: Library) -> None:
    first, *_ = answers(library, restarting("shop-api-1"))
    assert first.why == (f"answers {RESTARTS}", "names shop-api-1")


def test_where_it_runs_is_no_part_of_the_name(tmp_path: Path) -> None:
    guide(tmp_path, "docker/restart-loop", f"findings: [{RESTARTS}]")
    guide(tmp_path, "shop/api", f"findings: [{RESTARTS}]\nservices: [shop_api-dev]")
    assert proposed(Library([tmp_path], None), restarting("shop-api-1"))[0] == "shop/api"


def test_what_every_project_has_is_no_sign_of_the_same_project(tmp_path: Path) -> None:
    guide(tmp_path, "docker/restart-loop", f"findings: [{RESTARTS}]")
    guide(tmp_path, "shop/alike", f"findings: [{RESTARTS}]\nservices: [shop-backend]")
    guide(tmp_path, "mail/other", f"findings: [{RESTARTS}]\nservices: [mail]")
    assert proposed(Library([tmp_path], None), restarting("mail-backend-1"))[:2] == [
        "docker/restart-loop",
        "mail/other",
    ]
