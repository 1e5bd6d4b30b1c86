"""Folders: fresh, stale, empty, missing, closed, and full of what is no file."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from triage_tui.config.settings import FilesSpec
from triage_tui.model import Observation, ProblemKind, State
from triage_tui.model.files import FilesData
from triage_tui.model.signals import read
from triage_tui.sources.clock import CLOCK
from triage_tui.sources.files import FilesSource
from triage_tui.sources.files import scan as scanning
from triage_tui.sources.files.scan import scan


async def look(path: Path | str, **more: object) -> Observation:
    source = FilesSource(FilesSpec("backups", str(path), **more))  # type: ignore[arg-type]
    try:
        return await source.observe()
    finally:
        await source.aclose()


def data_of(seen: Observation) -> FilesData:
    assert seen.state is State.LIVE, seen.problem
    assert isinstance(seen.data, FilesData)
    return seen.data


def put(path: Path, age_s: float, size: int = 10) -> None:
    path.write_bytes(b"x" * size)
    then = CLOCK.wall().timestamp() - age_s
    os.utime(path, (then, then))


async def test_the_newest_file_and_its_age(tmp_path: Path) -> None:
    put(tmp_path / "a.dump", 7200)
    put(tmp_path / "b.dump", 600, 30)
    put(tmp_path / "notes.txt", 5)
    seen = data_of(await look(tmp_path, pattern="*.dump", max_age_s=3600))
    assert (seen.count, seen.total_bytes, seen.newest, seen.newest_bytes) == (2, 40, "b.dump", 30)
    assert seen.newest_age_s == pytest.approx(600, abs=60)
    assert seen.stale is False
    assert data_of(await look(tmp_path, pattern="*.dump", max_age_s=300)).stale is True
    assert data_of(await look(tmp_path)).stale is None


async def test_a_link_does_not_make_an_old_file_young(tmp_path: Path) -> None:
    """`latest` is renewed by every run of a script, also by those that bring nothing."""
    put(tmp_path / "old.dump", 86400)
    (tmp_path / "latest").symlink_to("old.dump")
    (tmp_path / "folder").mkdir()
    seen = data_of(await look(tmp_path))
    assert (seen.count, seen.newest) == (1, "old.dump")


async def test_nothing_there_is_as_old_as_the_folder(tmp_path: Path) -> None:
    """An importer that has taken everything away is not stale; one into which nothing has come for a day is."""
    seen = data_of(await look(tmp_path, max_age_s=3600))
    assert (seen.count, seen.newest, seen.newest_age_s, seen.stale) == (0, None, None, False)
    long_ago = CLOCK.wall().timestamp() - 86400
    os.utime(tmp_path, (long_ago, long_ago))
    seen = data_of(await look(tmp_path, max_age_s=3600))
    assert seen.stale is True
    assert {reading.signal: reading.value for reading in read(seen)}["files.age_of_max"] == pytest.approx(
        24, abs=1
    )


async def test_each_trouble_has_its_words(tmp_path: Path) -> None:
    missing = await look(tmp_path / "no")
    assert missing.problem is not None
    assert (missing.problem.kind, "no folder" in missing.problem.message) == (ProblemKind.MISSING, True)
    (tmp_path / "file").touch()
    wrong = await look(tmp_path / "file")
    assert wrong.problem is not None
    assert "is no folder" in wrong.problem.message
    assert (await look(tmp_path / "a\0b")).problem is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list everything")
async def test_a_folder_that_may_not_be_listed(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o000)
    seen = await look(tmp_path / "closed")
    assert seen.problem is not None
    assert seen.problem.kind is ProblemKind.PERMISSION


async def test_a_folder_that_may_not_be_listed_by_whoever_runs_this(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As root, too: what the system says to others is said here."""

    def refuse(path: str) -> object:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(scanning.os, "scandir", refuse)
    seen = await look(tmp_path)
    assert seen.problem is not None
    assert (seen.problem.kind, seen.state) == (ProblemKind.PERMISSION, State.DENIED)


async def test_more_entries_than_are_looked_at_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing is said about the newest, nor read as a signal."""
    monkeypatch.setattr(scanning, "MOST_ENTRIES", 3)
    for number in range(5):
        put(tmp_path / f"{number}", 86400)
    seen = data_of(await look(tmp_path, max_age_s=60))
    assert seen.at_least
    assert seen.count == 3
    assert seen.stale is None
    assert list(read(seen)) == []


async def test_a_folder_that_hangs_costs_one_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a network file system without its server does. The next look does not start a second one."""
    released = threading.Event()
    monkeypatch.setattr("triage_tui.sources.files.source.LOOK_S", 0.05)
    monkeypatch.setattr("triage_tui.sources.files.source.scan", lambda *_: released.wait(60))
    source = FilesSource(FilesSpec("nfs", str(tmp_path)))
    try:
        for _ in range(3):
            seen = await source.observe()
            assert seen.problem is not None
            assert seen.problem.kind is ProblemKind.TIMEOUT
        hanging = [thread for thread in threading.enumerate() if thread.name == "files nfs"]
        assert len(hanging) == 1
    finally:
        released.set()
        await source.aclose()


def test_a_file_from_the_future_is_not_younger_than_new(tmp_path: Path) -> None:
    put(tmp_path / "a", -3600)
    seen = scan(str(tmp_path), "*", None, CLOCK.wall().timestamp())
    assert seen.newest_age_s == 0


def test_hostile_names_enter_as_safe_text(tmp_path: Path) -> None:
    put(tmp_path / "a\x1b[31mb\n", 5)
    seen = scan(str(tmp_path), "*", None, CLOCK.wall().timestamp())
    assert seen.newest == "a␛[31mb␊"
