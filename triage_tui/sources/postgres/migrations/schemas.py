"""All databases of one server whose schemas are followed: the connected one, and those that have a folder."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping

import psycopg
from msgspec import Struct

from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.model.migrations import Migrations
from triage_tui.sources.postgres.conninfo import ConnectionInfo
from triage_tui.sources.postgres.failures import link_problem
from triage_tui.sources.postgres.link import Link, SilenceError, connect
from triage_tui.sources.postgres.migrations.folder import UnknownLayoutError, Wanted, read
from triage_tui.sources.postgres.migrations.tables import Noted, Unreadable, noted
from triage_tui.sources.worker import StillBusyError, Worker
from triage_tui.text import safe

EVERY_S = 10.0
"""Between two questions to the connected database, whose tables have a handful of rows."""

OTHERS_EVERY_S = 15.0
"""Between two connections to another database of the server; each lasts for milliseconds."""

LEAST_PAUSE_S = 60.0
"""After a failure: a server that is full must not be asked for one more connection at every look."""

PATIENCE_S = 3.0
"""For another database, connecting included."""

FOLDER_S = 1.0
"""For a folder. One on a file system that hangs does not hold a look up."""

MOST_APPLIED = 300


class _Read(Struct):
    """What is known of one database."""

    found: tuple[Migrations, ...] = ()
    problem: Problem | None = None
    due: float = 0.0


class Schemas:
    """Reads one database in each look, when its time has come.

    folders  database → folder with the migrations that its code wants
    """

    def __init__(self, folders: Mapping[str, str], clock: Callable[[], float] = time.monotonic) -> None:
        self._folders = folders
        self._clock = clock
        self._worker = Worker("postgres-migrations")
        self._known: dict[str, _Read] = {}

    async def read(
        self, link: Link, parameters: Mapping[str, str], info: ConnectionInfo, database: str
    ) -> tuple[tuple[Migrations, ...] | None, list[Gap]]:
        """What is known by now. parameters: those of the connection, with addresses for names.

        Raises what `Link.ask` raises where that connection is lost.
        """
        now = self._clock()
        names = list(dict.fromkeys((database, *self._folders)))
        due = [name for name in names if self._known.setdefault(name, _Read()).due <= now]
        if due:
            name = min(due, key=lambda each: self._known[each].due)
            self._known[name] = await self._one(name, link if name == database else None, parameters, info)
        read = [self._known[name] for name in names if self._known[name].due > 0]
        gaps = [
            Gap(f"migrations.{name}", problem)
            for name in names
            if (problem := self._known[name].problem) is not None
        ]
        return (tuple(one for each in read for one in each.found) if read else None), gaps

    def close(self) -> None:
        """Let the thread go."""
        self._worker.close()

    async def _one(
        self, name: str, link: Link | None, parameters: Mapping[str, str], info: ConnectionInfo
    ) -> _Read:
        later = self._clock() + LEAST_PAUSE_S
        try:
            wanted = await self._wanted(name)
            if link is not None:
                # The server itself bounds each statement; giving up here would cost the connection.
                found = await noted(link)
            else:
                async with asyncio.timeout(PATIENCE_S):
                    found = await self._elsewhere(name, parameters)
        except psycopg.Error as error:
            if link is not None and link.closed:
                raise
            return _Read(problem=link_problem(error, info), due=later)
        except SilenceError as error:
            if link is not None:
                raise
            return _Read(problem=link_problem(error, info), due=later)
        except (TimeoutError, StillBusyError):
            words = f"the migrations of {safe(name)} could not be read within {PATIENCE_S:g} s"
            return _Read(
                problem=Problem(ProblemKind.TIMEOUT, words, "It is asked again in a minute."), due=later
            )
        except (OSError, UnknownLayoutError) as error:
            return _Read(problem=self._folder_problem(name, error), due=later)
        every = EVERY_S if link is not None else OTHERS_EVERY_S
        unreadable = [one.table for one in found if isinstance(one, Unreadable)]
        return _Read(
            found=tuple(
                _migrations(name, one, wanted, self._folders.get(name))
                for one in found
                if isinstance(one, Noted)
            ),
            problem=_not_readable(unreadable, info) if unreadable else None,
            due=self._clock() + every,
        )

    async def _elsewhere(self, name: str, parameters: Mapping[str, str]) -> list[Noted | Unreadable]:
        link = await connect({**parameters, "dbname": name}, guarded=True)
        try:
            return await noted(link)
        finally:
            link.close()

    async def _wanted(self, name: str) -> Wanted | None:
        folder = self._folders.get(name)
        if folder is None:
            return None
        async with asyncio.timeout(FOLDER_S):
            return await self._worker.run(lambda: read(folder))

    def _folder_problem(self, name: str, error: Exception) -> Problem:
        return Problem(
            ProblemKind.MISSING,
            f"the folder {safe(self._folders.get(name, ''))} cannot be used: {safe(str(error))}",
            "Correct `migrations` in triage.toml: Alembic's versions, Prisma's migrations, or a Django project.",
        )


def _migrations(name: str, one: Noted, wanted: Wanted | None, folder: str | None) -> Migrations:
    mine = wanted if wanted is not None and wanted.tool == one.tool else None
    return Migrations(
        tool=one.tool,
        database=safe(name),
        applied=one.applied[-MOST_APPLIED:],
        failed=one.failed[:MOST_APPLIED],
        wanted=mine.heads if mine is not None else None,
        behind=mine.behind(frozenset(one.applied)) if mine is not None else None,
        wanted_by=f"folder {safe(folder)}" if mine is not None else None,
    )


def _not_readable(tables: list[str], info: ConnectionInfo) -> Problem:
    role = safe(info.user) or "this role"
    return Problem(
        ProblemKind.PERMISSION,
        f"{', '.join(tables)} may not be read by {role}",
        f"GRANT SELECT ON {', '.join(tables)} TO {role};",
    )
