"""Findings about clients that are too old, schemas that are behind, and certificates that end."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.diagnosis.further import RECORDED, container
from tests.diagnosis.scenes import found, judged, seen, tells_nothing
from triage_tui.model import Severity
from triage_tui.model.docker import DockerData
from triage_tui.model.http import HttpData
from triage_tui.model.logs import Logs, VersionNote
from triage_tui.model.migrations import Migrations
from triage_tui.model.postgres import PostgresData

DAY = 86_400.0
NOTE = VersionNote("backup-1", "pg_dump", "16.4", "18.1", "server version: 18.1; pg_dump version: 16.4", 30.0)


class TestClients:
    id = "postgres.client-version-mismatch"

    def engine(self, image: str, *notes: VersionNote) -> DockerData:
        return DockerData((container("backup-1", image=image),), logs=Logs(versions=notes))

    def test_what_a_real_pg_dump_said(self) -> None:
        (finding,) = found(self.id, seen(RECORDED))
        assert (finding.subject, finding.severity) == ("therapy-backup-1", Severity.CRITICAL)
        assert finding.title.startswith("pg_dump 15.18 of therapy-backup-1 does not fit the server 18")
        assert finding.quotes

    @pytest.mark.parametrize(("client", "told"), [("17.9", True), ("18.0", False), ("19.1", False)])
    def test_only_an_older_major_version(self, client: str, told: bool) -> None:
        """A minor version behind dumps all the same."""
        assert bool(found(self.id, seen(self.engine("x", replace(NOTE, client=client))))) is told

    @pytest.mark.parametrize(
        ("image", "told"),
        [("shop/postgres-backup:16", True), ("shop/pg-dump:v16.3", True), ("shop/postgres-backup:18", False),
         ("postgres:16", False), ("shop/backup:3", False), ("shop/postgres-backup:latest", False),
         ("db-backup:16", False)],
    )  # fmt: skip
    def test_the_tag_of_a_backup_image(self, image: str, told: bool) -> None:
        findings = found(self.id, seen(self.engine(image)), seen(PostgresData("18.1")))
        assert [one.severity for one in findings] == ([Severity.WARNING] if told else [])

    def test_without_a_server_or_with_several_a_tag_tells_nothing(self) -> None:
        key = (self.id, "docker", "backup-1")
        tagged = seen(self.engine("shop/postgres-backup:16"))
        assert not judged(self.id, tagged).well(key)
        two = (seen(PostgresData("16.1"), name="a"), seen(PostgresData("18.1"), name="b"))
        said = judged(self.id, tagged, *two)
        assert said.found == {}
        assert not said.well(key)
        assert judged(self.id, seen(self.engine("shop/api:1"))).well(key)

    def test_old_data_say_nothing(self) -> None:
        assert tells_nothing(self.id, seen(self.engine("x", NOTE)))


class TestSchema:
    id = "postgres.migration-behind"

    def database(self, *migrations: Migrations) -> PostgresData:
        return PostgresData("16", database="shop", migrations=migrations)

    def test_one_behind(self) -> None:
        one = Migrations(
            "alembic", "shop", ("a1",), wanted=("b2",), behind=("b2",), wanted_by="folder /srv/m"
        )
        (finding,) = found(self.id, seen(self.database(one)))
        assert (finding.subject, finding.title) == ("shop", "shop is one migration behind its code")
        said = " | ".join(each.text for each in finding.evidence)
        assert "folder /srv/m wants b2" in said
        assert "the last that it has is a1" in said

    def test_up_to_date_and_nothing_known(self) -> None:
        key = (self.id, "postgres", "shop")
        fine = Migrations("alembic", "shop", ("b2",), wanted=("b2",), behind=())
        assert judged(self.id, seen(self.database(fine))).well(key)
        assert judged(self.id, seen(self.database(Migrations("django", "shop", ("app.0001",))))).well(key)
        unknown = Migrations("alembic", "shop", ("b2",), wanted=("c3",), behind=None)
        assert not judged(self.id, seen(self.database(unknown))).well(key)
        assert not judged(self.id, seen(PostgresData("16"))).well(key)

    def test_one_that_broke_off(self) -> None:
        broken = Migrations("prisma", "shop", ("1_a",), failed=("2_b",))
        (finding,) = found(self.id, seen(self.database(broken)))
        assert finding.title == "a migration of shop broke off"

    @pytest.mark.parametrize(
        ("label", "told"),
        [("shop=alembic:b2", True), ("shop=alembic:a1", False), ("x=alembic:b2", False), ("shop=django:b2", False),
         ("nonsense", False), (None, False)],
    )  # fmt: skip
    def test_what_a_label_wants(self, label: str | None, told: bool) -> None:
        engine = DockerData((container("api-1", migrations=label),))
        one = Migrations("alembic", "shop", ("a1",))
        assert bool(found(self.id, seen(self.database(one)), seen(engine))) is told

    def test_old_data_say_nothing(self) -> None:
        one = Migrations("alembic", "shop", ("a1",), wanted=("b2",), behind=("b2",))
        assert tells_nothing(self.id, seen(self.database(one)))


@pytest.mark.parametrize(
    ("left_s", "expected"),
    [(14 * DAY + 1, None), (14 * DAY, Severity.WARNING), (3 * DAY + 1, Severity.WARNING), (3 * DAY, Severity.CRITICAL),
     (-1.0, Severity.CRITICAL), (None, None)],
)  # fmt: skip
def test_a_certificate_that_ends(left_s: float | None, expected: Severity | None) -> None:
    """Without TLS there is none that could."""
    answer = HttpData(
        200, 0.1, tls_expires_at="2026-03-20T00:00:00+00:00" if left_s else None, tls_expires_in_s=left_s
    )
    findings = found("http.tls-expiring", seen(answer))
    assert [one.severity for one in findings] == ([expected] if expected else [])
    if expected:
        assert tells_nothing("http.tls-expiring", seen(answer))
