"""What the code wants: the migrations in a folder. Nothing in it is run, or imported. Blocks; for a thread.

Three layouts are known, by what is there: Alembic's `versions` (or a folder with one in it), Prisma's `migrations`, and
a Django project, whose apps have a folder `migrations` each.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from triage_tui.text import safe
from triage_tui.text.bounded import read_bounded

MOST_FILES = 5_000
READ_BYTES = 16 << 10
"""Of one file: what counts stands near its beginning."""

_DEEPEST = 4
"""Folders below a Django project in which apps are looked for."""

_REVISION = re.compile(r"^revision\s*(?::[^=\n]{0,60})?=\s*[\"']([^\"'\n]{1,80})[\"']", re.MULTILINE)
_DOWN = re.compile(
    r"^down_revision\s*(?::[^=\n]{0,80})?=\s*(None|[\"'][^\n]{1,200}|\([^)]{0,2000}\)|\[[^\]]{0,2000}\])",
    re.MULTILINE,
)
_QUOTED = re.compile(r"[\"']([^\"'\n]{1,120})[\"']")
_DJANGO_FILE = re.compile(r"(\d{4}_\w{1,100})\.py")
_REPLACES = re.compile(r"\breplaces\s*=\s*\[([^\]]{0,20000})\]")
_PAIR = re.compile(r"\(\s*[\"'](\w{1,100})[\"']\s*,\s*[\"'](\w{1,100})[\"']\s*,?\s*\)")
_SKIPPED = frozenset(("node_modules", "site-packages", "__pycache__", "venv", "env", "dist", "build"))


class Wanted(Struct, frozen=True):
    """The migrations of a folder.

    tool       alembic, prisma or django
    revisions  all of them, each after those that it follows where that is known
    follows    Alembic: revision → those that come directly before it
    replaces   Django: squashed migration → those that it stands for
    """

    tool: str
    revisions: tuple[str, ...]
    follows: dict[str, tuple[str, ...]] = {}
    replaces: dict[str, tuple[str, ...]] = {}

    @property
    def heads(self) -> tuple[str, ...]:
        """What the code wants to be the latest: revisions that none follows; of the other tools the last one."""
        if self.tool != "alembic":
            return self.revisions[-1:]
        followed = {before for befores in self.follows.values() for before in befores}
        return tuple(revision for revision in self.revisions if revision not in followed)

    def behind(self, applied: frozenset[str]) -> tuple[str, ...] | None:
        """The migrations that a database does not have which has applied these; None where that cannot be told.

        Alembic notes the latest ones alone: a database at a revision that the folder does not know is ahead of this
        code, or of another line.
        """
        if self.tool == "alembic":
            if not applied <= set(self.revisions):
                return None
            have = self._with_ancestors(applied)
        elif self.tool == "django":
            apps = {revision.partition(".")[0] for revision in applied}
            # An app of which the database knows nothing has another name there, or is not installed.
            strangers = {each for each in self.revisions if each.partition(".")[0] not in apps}
            squashed = {new for new, old in self.replaces.items() if set(old) <= applied}
            done = {old for new in applied for old in self.replaces.get(new, ())}
            have = applied | strangers | squashed | done
        else:
            have = applied
        return tuple(revision for revision in self.revisions if revision not in have)

    def _with_ancestors(self, revisions: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        waiting = list(revisions)
        while waiting:
            revision = waiting.pop()
            if revision not in found:
                found.add(revision)
                waiting += self.follows.get(revision, ())
        return frozenset(found)


class UnknownLayoutError(Exception):
    """The folder holds no migrations of a kind that is known."""


def read(path: str) -> Wanted:
    """The migrations in a folder. Raises OSError and UnknownLayoutError."""
    folder = Path(path)
    for place in (
        folder,
        folder / "versions",
        folder / "alembic" / "versions",
        folder / "migrations" / "versions",
    ):
        if place.is_dir() and (found := _alembic(place)).revisions:
            return found
    for place in (folder, folder / "migrations", folder / "prisma" / "migrations"):
        if place.is_dir() and (found := _prisma(place)).revisions:
            return found
    if (found := _django(folder)).revisions:
        return found
    # Says why, where it is not there or may not be read.
    os.listdir(folder)  # noqa: PTH208
    raise UnknownLayoutError("it holds no migrations of Alembic, Prisma or Django")


def _alembic(folder: Path) -> Wanted:
    follows: dict[str, tuple[str, ...]] = {}
    for file in _files(folder, ".py"):
        text = _head(file)
        revision = _REVISION.search(text)
        down = _DOWN.search(text)
        if revision is None or down is None:
            continue
        follows[safe(revision[1], limit=80)] = tuple(
            safe(each, limit=80) for each in _QUOTED.findall(down[1])
        )
    return Wanted("alembic", tuple(_in_order(follows)), follows)


def _in_order(follows: dict[str, tuple[str, ...]]) -> Iterator[str]:
    """Each revision after those that it follows; what goes in a circle, or follows nothing known, as it comes."""
    told: set[str] = set()
    for start in sorted(follows):
        waiting = [start]
        under_way: set[str] = set()
        while waiting:
            revision = waiting[-1]
            before = [each for each in follows[revision] if each in follows and each not in told | under_way]
            under_way.add(revision)
            if before and revision not in told:
                waiting += before
                continue
            waiting.pop()
            if revision not in told:
                told.add(revision)
                yield revision


def _prisma(folder: Path) -> Wanted:
    names = [
        safe(entry.name, limit=200)
        for entry in _entries(folder)
        if entry.is_dir(follow_symlinks=False) and Path(entry.path, "migration.sql").is_file()
    ]
    # Their names begin with the time at which they were made.
    return Wanted("prisma", tuple(sorted(names)))


def _django(project: Path) -> Wanted:
    revisions: list[str] = []
    replaces: dict[str, tuple[str, ...]] = {}
    for folder in _migration_folders(project):
        app = safe(folder.parent.name, limit=100)
        for file in _files(folder, ".py"):
            name = _DJANGO_FILE.fullmatch(file.name)
            if name is None or len(revisions) >= MOST_FILES:
                continue
            revision = f"{app}.{name[1]}"
            revisions.append(revision)
            if "squash" in name[1] and (match := _REPLACES.search(_head(file))) is not None:
                replaces[revision] = tuple(f"{one}.{two}" for one, two in _PAIR.findall(match[1]))
    return Wanted("django", tuple(sorted(revisions)), replaces=replaces)


def _migration_folders(project: Path) -> Iterator[Path]:
    waiting = [(project, 0)]
    seen = 0
    while waiting:
        folder, depth = waiting.pop()
        for entry in _entries(folder):
            seen += 1
            if seen > MOST_FILES:
                return
            if (
                not entry.is_dir(follow_symlinks=False)
                or entry.name.startswith(".")
                or entry.name in _SKIPPED
            ):
                continue
            path = Path(entry.path)
            if entry.name == "migrations" and (path / "__init__.py").is_file():
                yield path
            elif depth < _DEEPEST:
                waiting.append((path, depth + 1))


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    return (Path(entry.path) for entry in _entries(folder) if entry.name.endswith(suffix) and entry.is_file())


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """The first MOST_FILES entries, by name; none where the folder is not there or may not be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(
                (entry for entry, _ in zip(found, range(MOST_FILES), strict=False)), key=lambda e: e.name
            )
    except OSError:
        return []


def _head(file: Path) -> str:
    try:
        _, raw = read_bounded(file, READ_BYTES)
    except OSError:
        return ""
    return raw.decode("utf-8", "replace")
