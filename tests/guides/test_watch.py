"""A guide that is written is told of; nothing else is."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.guides.writing import guide
from triage_tui.guides.library import Library
from triage_tui.guides.watch import Watching

BOUND_S = 30.0


def test_a_guide_that_is_edited_is_found(tmp_path: Path) -> None:
    path = guide(tmp_path, "a/b", title="Printer burns")
    library = Library([tmp_path], None)
    assert library.search("volcano") == []
    told = threading.Event()
    watching = Watching([tmp_path], told.set)
    watching.start()
    try:
        # The first write may come before the watch stands; one of the next cannot.
        for attempt in range(int(BOUND_S)):
            path.write_text(path.read_text().replace("Printer burns", f"Volcano erupts {attempt}"))
            if told.wait(1.0):
                break
        assert told.is_set()
    finally:
        watching.stop()
    assert library.refresh()
    assert [hit.row.id for hit in library.search("volcano")] == ["a/b"]


def test_it_ends_when_it_is_told_and_without_a_folder(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        watching = Watching([folder], lambda: None)
        watching.start()
        watching.stop(BOUND_S)
        assert not watching._thread.is_alive()
