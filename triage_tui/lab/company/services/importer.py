"""importer: takes therapists from files that a directory delivers into a folder."""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import NoReturn

import psycopg

from triage_tui.lab.company.services.pool import Pool, PoolError
from triage_tui.lab.company.services.program import log, number, run, setting

KEPT = 20
QUIET_S = 30.0
"""A file comes every few seconds: after this long without one the log says so."""


class Monitor:
    """Looks into the folder again and again."""

    def __init__(self, pool: Pool, folder: Path, archive: Path) -> None:
        self._pool = pool
        self._folder = folder
        self._archive = archive
        self._last_file = time.monotonic()

    async def watch(self, every_s: float) -> NoReturn:
        """Import what is there, wait, and so on."""
        while True:
            for path in sorted(self._folder.glob("*.json")):
                await self._take(path)
            if time.monotonic() - self._last_file > QUIET_S:
                quiet_s = time.monotonic() - self._last_file
                log.warning("Monitor inactive for too long: no file for %.0f s", quiet_s)
            await asyncio.sleep(every_s)

    async def _take(self, path: Path) -> None:
        self._last_file = time.monotonic()
        try:
            entries = json.loads(await asyncio.to_thread(path.read_text))
            async with self._pool.connection() as connection, connection.transaction():
                for entry in entries:
                    await connection.execute(
                        "INSERT INTO therapists (name, postcode, places) VALUES (%s, %s, %s)",
                        [entry["name"], entry["postcode"], entry["places"]],
                    )
        except (PoolError, psycopg.Error, ValueError, KeyError) as error:
            log.error("import of %s failed: %s: %s", path.name, type(error).__name__, error)
            return
        await asyncio.to_thread(self._put_away, path)
        log.info("imported %d therapists from %s", len(entries), path.name)

    def _put_away(self, path: Path) -> None:
        path.rename(self._archive / path.name)
        # The time of the import, not that of the writing, is what tells that imports go on.
        os.utime(self._archive / path.name)
        for old in sorted(self._archive.glob("*.json"))[:-KEPT]:
            old.unlink(missing_ok=True)


async def serve() -> None:
    """The service until it is cancelled."""
    folder = Path(setting("THERAPIST_IMPORT_FOLDER_PATH"))
    archive = Path(setting("THERAPIST_IMPORT_ARCHIVE_PATH"))
    pool = Pool(setting("DATABASE_URL"), "therapist-import", size=1, least=0)
    monitor = Monitor(pool, folder, archive)
    await monitor.watch(number("THERAPIST_IMPORT_CHECK_INTERVAL_SECONDS", 2))


if __name__ == "__main__":
    run("importer", serve)
