"""backup: a dump of a database every half minute, and a few of them kept."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from pathlib import Path

from triage_tui.lab.company.services.program import log, number, run, setting

KEPT = 3
_DUMP_S = 60.0


async def serve() -> None:
    """The job until it is cancelled."""
    folder = Path(setting("BACKUP_FOLDER"))
    pg_dump = setting("PG_DUMP")
    login = {f"PG{part}": setting(f"DB_{part}") for part in ("HOST", "PORT", "USER", "PASSWORD")}
    database = setting("DB_NAME")
    every_s = number("BACKUP_EVERY_S", 30)
    while True:
        await asyncio.to_thread(dump, pg_dump, login, database, folder)
        await asyncio.sleep(every_s)


def dump(pg_dump: str, login: dict[str, str], database: str, folder: Path) -> None:
    """One dump into the folder; what pg_dump says goes to the log."""
    path = folder / f"backup_{time.strftime('%Y%m%d_%H%M%S')}.dump"
    try:
        ran = subprocess.run(
            [pg_dump, "--format=custom", "--dbname", database, "--file", str(path)],
            env=os.environ | login,
            capture_output=True,
            text=True,
            timeout=_DUMP_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("backup failed: %s", error)
        return
    for line in ran.stderr.splitlines():
        log.error("%s", line)
    if ran.returncode:
        path.unlink(missing_ok=True)
        log.error("backup of %s failed with exit code %d", database, ran.returncode)
        return
    log.info("backup of %s done: %s, %d bytes", database, path.name, path.stat().st_size)
    for old in sorted(folder.glob("backup_*.dump"))[:-KEPT]:
        old.unlink(missing_ok=True)


if __name__ == "__main__":
    run("backup", serve)
