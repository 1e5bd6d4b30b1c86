"""Poolers, folders, logs, environments and schemas in the plain report: no line too wide, and no value in it."""

from __future__ import annotations

import pytest

from tests.diagnosis.further import RECORDED, further
from tests.diagnosis.scenes import picture, seen
from triage_tui.cli.report import lines_of
from triage_tui.model import Kind, Sighting
from triage_tui.model.docker import DockerData
from triage_tui.model.files import FilesData
from triage_tui.model.logs import Logs
from triage_tui.model.migrations import Migrations
from triage_tui.model.pgbouncer import PgbouncerData, Pool
from triage_tui.model.postgres import PostgresData
from triage_tui.text import display_width


def report(*sightings: Sighting, width: int = 100) -> list[str]:
    return lines_of(picture(*sightings), {}, width)


@pytest.mark.parametrize("width", [60, 100, 160])
def test_what_a_real_engine_showed(width: int) -> None:
    lines = report(seen(RECORDED), width=width)
    text = " ".join(line.strip() for line in lines)
    assert "logs of 16 containers" in text
    assert "revrx-worker-1: e-mail address x1" in text
    assert "residency-backend-1: SECRET_KEY has a value that stands in examples" in text
    found = lines[next(i for i, line in enumerate(lines) if "logs of 16" in line) :]
    assert max(map(display_width, found)) <= width


def test_a_flood_says_how_much_was_dropped() -> None:
    logs = Logs(watched=1, unwatched=2, lines=90_000, dropped=80_000, skipped=1)
    text = " ".join(report(seen(DockerData((), logs=logs))))
    assert "80,000 of them dropped" in text
    assert "so far behind that reading went on at the end once" in text
    assert "2 containers not watched" in text


def test_poolers_and_folders() -> None:
    pool = Pool(
        "shop", "app", cl_active=3, cl_waiting=2, sv_active=4, maxwait_s=1.5, mode="transaction", size=4
    )
    folder = FilesData("/backups", "*.dump", count=1, newest="a.dump", newest_age_s=90.0, max_age_s=60.0)
    lines = report(
        further(Kind.PGBOUNCER, PgbouncerData("1.23.1", (pool,), clients=5, max_clients=100)),
        further(Kind.FILES, folder),
        further(Kind.FILES, FilesData("/in", empty_age_s=30.0)),
    )
    text = "\n".join(lines)
    assert "PgBouncer 1.23.1: 5 of 100 clients" in text
    assert any(line.split()[:4] == ["shop/app", "transaction", "5", "2"] for line in lines)
    assert "1 file like *.dump" in text
    assert "the newest, a.dump, is 90s old" in text
    assert "no files, unchanged for 30s" in text


def test_schemas() -> None:
    schemas = (
        Migrations("alembic", "shop", ("a1",), wanted=("b2",), behind=("b2",), wanted_by="folder /srv/m"),
        Migrations("prisma", "web", ("1_a",), failed=("2_b",)),
        Migrations("django", "old", ()),
    )
    text = "\n".join(report(seen(PostgresData("16", migrations=schemas))))
    assert "shop: alembic at a1, 1 behind folder /srv/m" in text
    assert "web: prisma at 1_a, 1 broke off" in text
    assert "old: django at nothing yet" in text
