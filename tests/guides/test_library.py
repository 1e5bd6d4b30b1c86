"""The library: an index that is cached, kept up to date and never trusted more than the files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.guides.writing import guide
from triage_tui.guides.library import Library
from triage_tui.guides.places import cache_folder
from triage_tui.guides.tables import VERSION


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with three guides."""
    folder = tmp_path / "guides"
    guide(
        folder, "redis/full", "tags: [memory]\nfindings: [redis.writes-refused]", title="Redis refuses writes"
    )
    guide(folder, "postgres/locks", title="Sessions wait for locks")
    guide(folder, "host/disk", title="A disk is full", body="\n## Fix\n\nRemove old logs and caches.\n")
    return folder


def ids(library: Library, question: str) -> list[str]:
    """What a question finds."""
    return [hit.row.id for hit in library.search(question)]


def test_it_finds_and_tells_of_what_is_there(folder: Path, tmp_path: Path) -> None:
    library = Library([folder], tmp_path / "cache")
    assert ids(library, "redis writes")[0] == "redis/full"
    row = library.row("redis/full")
    assert row is not None
    assert row.title == "Redis refuses writes"
    entry = library.entry("host/disk")
    assert entry is not None
    assert entry.sections[0].text == "Remove old logs and caches."
    assert library.entry("host/none") is None
    assert library.row("host/none") is None


def test_an_edit_a_new_file_and_a_removed_one_are_taken_in(folder: Path, tmp_path: Path) -> None:
    library = Library([folder], tmp_path / "cache")
    assert ids(library, "kernel panic") == []
    guide(folder, "host/disk", title="The kernel panics after an update")
    guide(folder, "host/clock", title="The clock drifts")
    (folder / "postgres" / "locks.md").unlink()
    assert library.refresh()
    assert not library.refresh()
    assert ids(library, "kernel panic") == ["host/disk"]
    assert ids(library, "clock drift") == ["host/clock"]
    assert ids(library, "remove") == []
    assert library.row("postgres/locks") is None
    assert library.index.holders("lock") == 0
    library.close()
    assert ids(Library([folder], tmp_path / "cache"), "kernel panic") == ["host/disk"]


def test_the_cache_is_used_again_and_followed_where_files_changed_meanwhile(
    folder: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = Library([folder], cache)
    assert len(first.index) == 3
    first.close()
    (made,) = cache.iterdir()
    assert made.stat().st_mode & 0o077 == 0
    node = made.stat().st_ino
    guide(folder, "host/clock", title="The clock drifts")
    again = Library([folder], cache)
    assert len(again.index) == 4
    assert made.stat().st_ino == node


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_broken_cache_is_made_anew(folder: Path, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "cache"
    library = Library([folder], cache)
    assert library.index is not None
    library.close()
    (made,) = cache.iterdir()
    made.write_bytes(content)
    assert ids(Library([folder], cache), "locks") == ["postgres/locks"]
    assert [path for path in cache.iterdir() if path.suffix == ".new"] == []


def test_an_index_that_nobody_opens_goes_after_a_month(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    old, young, foreign = cache / "guides-1-00.db", cache / "guides-1-11.db", cache / "notes.db"
    for path, days in ((old, 31), (young, 29), (foreign, 400)):
        path.touch()
        os.utime(path, times=(time.time() - days * 86400,) * 2)
    library = Library([folder], cache)
    assert len(library.index) == 3
    library.close()
    assert not old.exists()
    assert young.exists()
    assert foreign.exists()
    # Opening one is enough to keep it.
    (made,) = set(cache.iterdir()) - {young, foreign}
    os.utime(made, times=(0, 0))
    assert len(Library([folder], cache).index) == 3
    assert made.stat().st_mtime > time.time() - 86400


def test_a_cache_of_another_version_is_not_read(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    library = Library([folder], cache)
    library.index._db.execute(f"pragma user_version = {VERSION + 1}")
    library.close()
    assert ids(Library([folder], cache), "locks") == ["postgres/locks"]


def test_without_a_place_for_it_the_index_is_in_memory(folder: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    for cache in (None, in_the_way / "below"):
        assert ids(Library([folder], cache), "locks") == ["postgres/locks"]


def test_a_file_that_cannot_be_used_is_told_and_the_rest_goes_on(folder: Path, tmp_path: Path) -> None:
    (folder / "redis" / "binary.md").write_bytes(b"\0\0")
    (folder / "redis" / "huge.md").write_text("x" * (1024 * 1024 + 1))
    (folder / "redis" / "wrong.md").write_text("---\nid: redis/wrong\ntitel: x\n---\n")
    os.mkfifo(folder / "redis" / "pipe.md")
    guide(folder, "redis/full-2").write_text((folder / "redis" / "full.md").read_text())
    library = Library([folder], tmp_path / "cache")
    assert len(library.index) == 3
    why = {Path(one.path).name: one.why for one in library.ignored()}
    assert "binary" in why["binary.md"]
    assert "larger than" in why["huge.md"]
    assert "`title` is missing" in why["wrong.md"] or "unknown key" in why["wrong.md"]
    assert "no regular file" in why["pipe.md"]
    assert "is that of" in why["full.md"]


def test_wild_guides_in_a_folder_are_entries_without_being_imported(folder: Path, tmp_path: Path) -> None:
    (folder / "team").mkdir()
    (folder / "team" / "runbook.md").write_text(
        "# Runbook\n\n## Problem: the printer burns\n\n**Fix:** water\n"
    )
    library = Library([folder], tmp_path / "cache")
    assert ids(library, "printer burns") == ["team/the-printer-burns"]
    entry = library.entry("team/the-printer-burns")
    assert entry is not None
    assert entry.sections[0].text == "water"


def test_two_libraries_share_a_cache(folder: Path, tmp_path: Path) -> None:
    one, two = Library([folder], tmp_path / "cache"), Library([folder], tmp_path / "cache")
    assert ids(one, "locks") == ids(two, "locks")
    guide(folder, "host/clock", title="The clock drifts")
    assert one.refresh()
    assert ids(one, "clock") == ["host/clock"]
    two.refresh()
    assert ids(two, "clock") == ["host/clock"]


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"XDG_CACHE_HOME": "/c"}, "/c/triage"),
        ({"HOME": "/h"}, "/h/.cache/triage"),
        ({"HOME": "/h", "XDG_CACHE_HOME": "relative"}, None),
        ({}, None),
    ],
)
def test_where_the_cache_is(environ: dict[str, str], expected: str | None) -> None:
    found = cache_folder(environ)
    assert (str(found) if found else None) == expected
