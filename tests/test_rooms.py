"""Rooms below the screens work where no screen library is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import triage_tui

PACKAGE = Path(triage_tui.__file__).parent
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
CORE = [room for room in ROOMS if room != "ui"]

_IMPORT_ALL = """
import importlib, pkgutil, sys

room = importlib.import_module(sys.argv[1])
modules = [found.name for found in pkgutil.walk_packages(room.__path__, room.__name__ + ".")]
for name in modules:
    if not name.endswith(".__main__"):
        importlib.import_module(name)
print(len(modules), *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_the_rooms_are_the_ones_that_are_meant() -> None:
    assert {"model", "text", "config", "sources", "diagnosis", "engine", "actions", "lab", "cli"} <= set(CORE)


@pytest.mark.parametrize("room", CORE)
def test_every_module_of_it_is_imported_without_textual(room: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, f"triage_tui.{room}"], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    count, *loaded = ran.stdout.split()
    assert int(count) >= 2
    assert "triage_tui" in loaded
    assert "textual" not in loaded
