"""Findings about folders."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.diagnosis.further import further
from tests.diagnosis.scenes import found, judged
from triage_tui.model import Kind, Problem, ProblemKind, Severity, State
from triage_tui.model.files import FilesData

FRESH = FilesData("/backups", "*.dump", count=3, newest="c.dump", newest_age_s=500.0, max_age_s=1000.0)
KEY = ("files.stale", "files", "")


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [(999, None), (1000, Severity.WARNING), (2999, Severity.WARNING), (3000, Severity.CRITICAL)],
)
def test_a_folder_is_stale_from_its_age_on(age_s: float, expected: Severity | None) -> None:
    findings = found("files.stale", further(Kind.FILES, replace(FRESH, newest_age_s=age_s)))
    assert [one.severity for one in findings] == ([expected] if expected else [])


def test_it_names_the_newest_file_and_what_is_allowed() -> None:
    (finding,) = found("files.stale", further(Kind.FILES, replace(FRESH, newest_age_s=7200.0)))
    assert finding.title == "nothing new for 2h00m in /backups"
    assert "c.dump" in finding.evidence[0].text
    assert "16m40s are allowed" in finding.evidence[0].text
    assert finding.began_s == 6200.0


def test_an_empty_folder_is_as_old_as_its_last_change() -> None:
    empty = FilesData("/in", empty_age_s=10.0, max_age_s=60.0)
    assert judged("files.stale", further(Kind.FILES, empty)).well(KEY)
    (finding,) = found("files.stale", further(Kind.FILES, replace(empty, empty_age_s=90.0)))
    assert "there is no file" in finding.evidence[0].text


def test_what_cannot_be_told_is_neither_found_nor_well() -> None:
    for unclear in (
        further(Kind.FILES, replace(FRESH, newest_age_s=9e9, at_least=True)),
        further(Kind.FILES, replace(FRESH, count=0, newest_age_s=None)),
        further(Kind.FILES, replace(FRESH, newest_age_s=9e9), state=State.STALE),
        further(Kind.FILES, None, state=State.DOWN, problem=Problem(ProblemKind.TIMEOUT, "hangs", "Wait.")),
        further(Kind.FILES, None, state=State.DENIED, problem=Problem(ProblemKind.PERMISSION, "no", "Ask.")),
    ):
        said = judged("files.stale", unclear)
        assert said.found == {}
        assert not said.well(KEY)


def test_a_folder_that_is_not_there_is_not_fresh() -> None:
    gone = Problem(ProblemKind.MISSING, "there is no folder /backups", "Create it.")
    (finding,) = found("files.stale", further(Kind.FILES, None, state=State.DOWN, problem=gone))
    assert finding.severity is Severity.CRITICAL


def test_a_folder_of_any_age_is_well() -> None:
    assert judged("files.stale", further(Kind.FILES, replace(FRESH, max_age_s=None, newest_age_s=9e9))).well(
        KEY
    )
