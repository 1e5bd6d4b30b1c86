"""Findings about what logs show."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.diagnosis.further import RECORDED, container
from tests.diagnosis.scenes import found, judged, seen, tells_nothing
from triage_tui.config.settings import Threshold
from triage_tui.model import Severity
from triage_tui.model.docker import DockerData
from triage_tui.model.logs import LogHit, Logs, SensitiveHit

HIT = LogHit("api-1", "x/first", "ERROR first", 7, "2026-03-01T02:00:00+00:00", 40.0, 3.0)
ADDRESS = SensitiveHit("api-1", "e-mail address", "j…@s…", 2, "2026-03-01T02:00:00+00:00", 90.0, 4.0)


def data(*hits: LogHit, sensitive: tuple[SensitiveHit, ...] = (), **more: object) -> DockerData:
    logs = Logs(watched=1, hits=hits, sensitive=sensitive, **more)  # type: ignore[arg-type]
    return DockerData((container("api-1"),), logs=logs)


def test_what_a_real_engine_showed() -> None:
    findings = {one.subject: one for one in found("logs.signature", seen(RECORDED))}
    assert set(findings) == {
        "therapy-therapist-service-1", "therapy-matching-service-1", "therapy-backup-1", "revrx-worker-1",
        "platform-gateway-1",
    }  # fmt: skip
    backup = findings["therapy-backup-1"]
    assert backup.guides == ("therapy-matching/pg-dump-version-mismatch",)
    assert "server version: 18" in backup.quotes[0]
    assert findings["revrx-worker-1"].severity is Severity.INFO, "one line"
    (sensitive,) = found("logs.sensitive-data", seen(RECORDED))
    assert sensitive.subject == "revrx-worker-1"
    assert sensitive.title == (
        "revrx-worker-1 writes phone numbers, social security numbers and e-mail addresses to its log"
    )
    assert sensitive.evidence[0].text == "3 lines"
    assert len(sensitive.evidence) == 4


@pytest.mark.parametrize("finding", ["logs.signature", "logs.sensitive-data"])
class TestEach:
    def test_nothing_was_found(self, finding: str) -> None:
        assert judged(finding, seen(data())).well((finding, "docker", "api-1"))

    def test_logs_that_are_not_watched_tell_nothing(self, finding: str) -> None:
        said = judged(finding, seen(DockerData((container("api-1"),))))
        assert said.found == {}
        assert not said.well((finding, "docker", "api-1"))

    def test_old_looks_tell_nothing(self, finding: str) -> None:
        full = seen(data(HIT, sensitive=(ADDRESS,)))
        assert found(finding, full)
        assert tells_nothing(finding, full)


@pytest.mark.parametrize(("age_s", "told"), [(60.0, True), (61.0, False), (None, False)])
def test_only_lines_of_now_tell(age_s: float | None, told: bool) -> None:
    assert bool(found("logs.signature", seen(data(replace(HIT, last_age_s=age_s))))) is told


def test_one_line_is_less_than_several() -> None:
    (finding,) = found("logs.signature", seen(data(replace(HIT, count=1))))
    assert finding.severity is Severity.INFO
    ended = replace(
        data(replace(HIT, count=1)), containers=(container("api-1", state="exited", exit_code=1),)
    )
    (finding,) = found("logs.signature", seen(ended))
    assert finding.severity is Severity.WARNING, "it may be the last that it said"


def test_several_guides_of_one_container_are_one_finding() -> None:
    (finding,) = found("logs.signature", seen(data(replace(HIT, entry="x/rare", count=1), HIT)))
    assert finding.guides == ("x/first", "x/rare")
    assert finding.began_s == 40.0


def test_a_flood_is_said_to_hide_more() -> None:
    (finding,) = found("logs.signature", seen(data(HIT, dropped=5, dropped_by={"api-1": 5})))
    assert finding.against == ("5 of its lines came too fast to be looked at: there may be more",)


@pytest.mark.parametrize(("count", "expected"), [(2, Severity.INFO), (3, Severity.WARNING)])
def test_what_stands_there_once_is_less_than_what_comes_with_every_request(
    count: int, expected: Severity
) -> None:
    shown = seen(data(sensitive=(replace(ADDRESS, count=count),)))
    (finding,) = found("logs.sensitive-data", shown)
    assert (finding.severity, finding.evidence[0].value) == (expected, float(count))
    (finding,) = found(
        "logs.sensitive-data", shown, thresholds={"logs.sensitive_lines": Threshold(warning=4)}
    )
    assert finding.severity is Severity.INFO


def test_kinds_are_counted_together() -> None:
    both = (replace(ADDRESS, count=1), replace(ADDRESS, kind="phone number", sample="5…", count=2))
    (finding,) = found("logs.sensitive-data", seen(data(sensitive=both)))
    assert finding.severity is Severity.WARNING


def test_what_stood_there_long_ago_is_over() -> None:
    assert found("logs.sensitive-data", seen(data(sensitive=(replace(ADDRESS, last_age_s=61.0),)))) == []
