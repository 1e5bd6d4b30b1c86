"""A lab's folder: one lab at a time, ours alone, and nothing left of one that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage_tui.lab import home


def test_a_folder_is_claimed_once_and_again_when_it_is_free(open_folder: Path) -> None:
    folder = open_folder / "lab"
    with home.claimed(folder):
        assert home.is_taken(folder)
        with pytest.raises(home.TakenError, match="running already"), home.claimed(folder):
            pytest.fail("claimed twice")
    assert not home.is_taken(folder)
    with home.claimed(folder):
        assert home.is_taken(folder)


def test_what_a_killed_lab_has_left_goes_when_it_is_claimed_anew(open_folder: Path) -> None:
    folder, elsewhere = open_folder / "lab", open_folder / "elsewhere"
    elsewhere.mkdir()
    with home.claimed(folder):
        home.keeps_elsewhere(folder, elsewhere)
        (folder / "images").mkdir()
        (folder / "triage.toml").touch()
    with home.claimed(folder):
        assert [path.name for path in folder.iterdir()] == ["lock"]
        assert not elsewhere.exists()


def test_a_folder_that_is_removed_is_gone_with_what_is_elsewhere(open_folder: Path) -> None:
    folder, elsewhere = open_folder / "lab", open_folder / "elsewhere"
    elsewhere.mkdir()
    with home.claimed(folder):
        home.keeps_elsewhere(folder, elsewhere)
        home.keeps_elsewhere(folder, folder / "inside")
    home.remove(folder)
    home.remove(folder)
    assert not list(open_folder.iterdir())


def test_nothing_is_made_where_nothing_is(open_folder: Path) -> None:
    assert not home.is_taken(open_folder / "lab")
    assert not list(open_folder.iterdir())


def test_what_is_not_a_folder_of_ours_is_refused(open_folder: Path) -> None:
    target = open_folder / "target"
    target.mkdir()
    link = open_folder / "link"
    link.symlink_to(target)
    file = open_folder / "file"
    file.touch()
    for wrong in (link, file):
        with pytest.raises(home.HomeError), home.claimed(wrong):
            pytest.fail("claimed")
    assert not list(target.iterdir())


def test_a_path_that_is_too_long_for_sockets_is_refused_with_the_remedy(open_folder: Path) -> None:
    with pytest.raises(home.HomeError, match="TMPDIR"), home.claimed(open_folder / ("x" * 120)):
        pytest.fail("claimed")


def test_a_folder_that_cannot_be_made_is_refused(open_folder: Path) -> None:
    with pytest.raises(home.HomeError, match="cannot be used"), home.claimed(open_folder / "a" / "b"):
        pytest.fail("claimed")
