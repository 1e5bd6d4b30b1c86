"""Findings about how containers are configured."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.diagnosis.further import RECORDED, container, environment
from tests.diagnosis.scenes import found, judged, seen, tells_nothing
from triage_tui.model import Severity
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.environment import ContainerEnvironment, Flaw, FlawKind
from triage_tui.model.logs import Logs, MissingName

FLAWS = {
    "config.database-url-invalid": (FlawKind.DATABASE_URL, Severity.CRITICAL),
    "config.redis-url-double-password": (FlawKind.DOUBLE_PASSWORD, Severity.WARNING),
    "config.default-secret": (FlawKind.DEFAULT_SECRET, Severity.WARNING),
    "config.env-missing": (FlawKind.MISSING, Severity.CRITICAL),
}
LINE = MissingName("api-1", "SECRET_KEY", "CRITICAL: SECRET_KEY environment variable is required", 3, 5.0)


def data(
    *environments: ContainerEnvironment,
    containers: tuple[Container, ...] = (),
    missing: tuple[MissingName, ...] = (),
) -> DockerData:
    shown = containers or tuple(container(one.container) for one in environments)
    return DockerData(shown, environments=environments, logs=Logs(missing=missing))


def test_what_a_real_engine_showed() -> None:
    (missing,) = found("config.env-missing", seen(RECORDED))
    assert (missing.subject, missing.severity) == ("revrx-backend-1", Severity.CRITICAL)
    assert missing.title == "revrx-backend-1 lacks JWT_SECRET_KEY"
    assert any("restarted" in one.text for one in missing.evidence)
    (default,) = found("config.default-secret", seen(RECORDED))
    assert default.subject == "residency-backend-1"
    (drift,) = found("config.env-drift", seen(RECORDED))
    assert (drift.subject, drift.severity) == ("therapy-therapist-service-1", Severity.CRITICAL)
    assert "HMAC_SECRET_KEY" in drift.title
    assert found("config.database-url-invalid", seen(RECORDED)) == []
    assert found("config.redis-url-double-password", seen(RECORDED)) == []


@pytest.mark.parametrize("finding", FLAWS)
class TestEach:
    def flawed(self, finding: str, **more: object) -> DockerData:
        flaw = Flaw("SOME_URL", FLAWS[finding][0], "is wrong")
        shown = container("api-1", **more)
        return data(environment("api-1", flaws=(flaw,), runs=shown.state == "running"), containers=(shown,))

    def test_a_flaw_is_found(self, finding: str) -> None:
        (one,) = found(finding, seen(self.flawed(finding)))
        assert (one.subject, one.severity) == ("api-1", FLAWS[finding][1])
        assert one.evidence[0].text == "SOME_URL is wrong"

    def test_no_flaw_is_well(self, finding: str) -> None:
        assert judged(finding, seen(data(environment("api-1")))).well((finding, "docker", "api-1"))

    def test_what_was_not_inspected_is_unclear(self, finding: str) -> None:
        said = judged(finding, seen(data(containers=(container("api-1"),))))
        assert said.found == {}
        assert not said.well((finding, "docker", "api-1"))

    def test_old_data_say_nothing(self, finding: str) -> None:
        assert tells_nothing(finding, seen(self.flawed(finding)))

    def test_one_that_ended_well_needs_nothing(self, finding: str) -> None:
        assert found(finding, seen(self.flawed(finding, state="exited", exit_code=0))) == []
        assert found(finding, seen(self.flawed(finding, state="exited", exit_code=1)))


def test_a_doubled_password_is_critical_where_the_program_fails() -> None:
    flaw = Flaw("REDIS_URL", FlawKind.DOUBLE_PASSWORD, "holds it")
    ill = data(environment("api-1", flaws=(flaw,)), containers=(container("api-1", health="unhealthy"),))
    (finding,) = found("config.redis-url-double-password", seen(ill))
    assert finding.severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("line", "shown", "expected"),
    [
        (LINE.line, {}, Severity.WARNING),
        ("INFO SENTRY_DSN is not set, errors are not reported", {}, None),
        ("INFO SENTRY_DSN is not set", {"state": "restarting"}, Severity.CRITICAL),
        ("INFO SENTRY_DSN is not set", {"restarts": 4, "age_s": 2.0}, Severity.CRITICAL),
        ("INFO SENTRY_DSN is not set", {"restarts": 4, "age_s": 6000.0}, None),
    ],
)
def test_what_a_log_calls_missing(line: str, shown: dict[str, object], expected: Severity | None) -> None:
    """A program that runs on without it does not need it, unless it says so."""
    seen_now = data(
        environment("api-1"), containers=(container("api-1", **shown),), missing=(replace(LINE, line=line),)
    )
    findings = found("config.env-missing", seen(seen_now))
    assert [one.severity for one in findings] == ([expected] if expected else [])
    if findings:
        assert findings[0].quotes == (line,)


def test_the_one_of_a_service_that_lacks_what_the_others_have() -> None:
    names = ("DATABASE_URL", "SECRET_KEY")
    shown = data(
        environment("api-1", service="api", names=names),
        environment("api-2", service="api", names=names),
        environment("api-3", service="api", names=("DATABASE_URL",)),
        environment("worker-1", service="worker", names=()),
    )
    (finding,) = found("config.env-missing", seen(shown))
    assert (finding.subject, finding.severity) == ("api-3", Severity.WARNING)
    assert "SECRET_KEY" in finding.title


class TestDrift:
    def drift(
        self, variable: str, *fingerprints: str, ages: tuple[float, ...] = ()
    ) -> list[tuple[str, Severity]]:
        names = [f"{service}-1" for service in ("api", "web", "jobs", "mail")[: len(fingerprints)]]
        environments = [
            environment(name, fingerprints={variable: value})
            for name, value in zip(names, fingerprints, strict=True)
        ]
        containers = tuple(
            container(name, age_s=age) for name, age in zip(names, ages or (500.0,) * len(names), strict=True)
        )
        findings = found("config.env-drift", seen(data(*environments, containers=containers)))
        return [(one.subject, one.severity) for one in findings]

    def test_the_odd_one_of_several(self) -> None:
        assert self.drift("HMAC_KEY", "a", "b", "a") == [("web-1", Severity.CRITICAL)]
        assert self.drift("HMAC_KEY", "a", "a", "a") == []

    def test_of_two_the_one_that_was_made_last(self) -> None:
        """Nobody knows which is right, so it is no more than a warning."""
        assert self.drift("JWT_SECRET", "a", "b", ages=(900.0, 5.0)) == [("web-1", Severity.WARNING)]

    def test_secrets_that_each_service_has_for_itself(self) -> None:
        assert self.drift("SECRET_KEY", "a", "b") == []
        assert self.drift("DB_PASSWORD", "a", "b", "c") == []
        assert self.drift("SECRET_KEY", "a", "b", "a") == [("web-1", Severity.WARNING)]
        assert self.drift("SECRET_KEY", "a", "b", "a", "c") == []

    def test_other_projects_and_containers_that_are_gone_do_not_count(self) -> None:
        here = environment("api-1", fingerprints={"HMAC_KEY": "a"})
        there = environment("web-1", fingerprints={"HMAC_KEY": "b"}, project="other")
        assert found("config.env-drift", seen(data(here, there))) == []
        gone = data(
            here,
            replace(there, project="shop", runs=False),
            containers=(container("api-1"), container("web-1", state="exited", exit_code=1)),
        )
        assert found("config.env-drift", seen(gone)) == []

    def test_no_value_and_no_container_twice(self) -> None:
        old = environment("api-1", fingerprints={"HMAC_KEY": "a"})
        new = environment("api-2", service="api", fingerprints={"HMAC_KEY": "b"})
        containers = (container("api-1", age_s=900.0), container("api-2", age_s=1.0))
        assert found("config.env-drift", seen(data(old, new, containers=containers))) == [], "one service"

    def test_old_data_say_nothing(self) -> None:
        shown = data(
            *(environment(f"{name}-1", fingerprints={"HMAC_KEY": name[:1]}) for name in ("aa", "ab", "b"))
        )
        assert found("config.env-drift", seen(shown))
        assert tells_nothing("config.env-drift", seen(shown))
