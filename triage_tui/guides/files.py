"""The Markdown files of a folder, read within bounds whatever they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from triage_tui.text.bounded import read_bounded

MAX_BYTES = 1024 * 1024
"""Of one file. Longer ones are no guides but books; their first mebibyte would be half a truth."""

MAX_FILES = 20_000
MAX_DEPTH = 8
ENDINGS = (".md", ".markdown")
NOT_GUIDES = frozenset(
    {"readme.md", "contributing.md", "changelog.md", "license.md", "code_of_conduct.md", "security.md"}
)
"""Names (in small letters) of files that speak of a folder and not of trouble."""


class UnreadableError(Exception):
    """A file that is not read, with the reason in `str()`."""


class Found(Struct, frozen=True, order=True):
    """A file as the folder lists it. Two of them are equal where nothing was written in between.

    path  absolute
    """

    path: str
    mtime_ns: int
    size: int


class Ignored(Struct, frozen=True):
    """A file, or a part of one, that is in no entry."""

    path: str
    line: int
    why: str


def find(folder: Path) -> list[Found]:
    """All Markdown files below a folder, in the order of their paths; at most MAX_FILES of them.

    Hidden folders are left out and links to folders are not followed. What cannot be listed is not there.
    """
    return sorted(_find(str(folder.absolute()), 0))[:MAX_FILES]


def _find(folder: str, depth: int) -> Iterator[Found]:
    try:
        with os.scandir(folder) as listing:
            for item in listing:
                if item.name.startswith("."):
                    continue
                if item.is_dir(follow_symlinks=False):
                    if depth < MAX_DEPTH:
                        yield from _find(item.path, depth + 1)
                elif item.name.lower().endswith(ENDINGS) and item.name.lower() not in NOT_GUIDES:
                    status = item.stat()
                    yield Found(item.path, status.st_mtime_ns, status.st_size)
    except OSError:
        return


def text_of(path: Path) -> str:
    """The text of a file. Raises UnreadableError where it is none, is too long, or cannot be read."""
    try:
        status, raw = read_bounded(path, MAX_BYTES)
    except (OSError, ValueError) as error:
        raise UnreadableError(
            os.strerror(error.errno or 0) if isinstance(error, OSError) else str(error)
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("it is no regular file")
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"it is larger than {MAX_BYTES // 1024} KiB")
    return decoded(raw)


def decoded(raw: bytes) -> str:
    """The text of bytes: UTF-8 or UTF-16 with their marks, else Windows-1252 (of which Latin-1 is a part).

    Raises UnreadableError for bytes that are no text.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError:
            raise UnreadableError("it is neither UTF-8 nor another text") from None
    if b"\0" in raw:
        raise UnreadableError("it is binary")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def identified(path: Path) -> str:
    """The id that a file has by its place: `<folder>/<name>`."""
    return f"{path.parent.name}/{path.stem}"
