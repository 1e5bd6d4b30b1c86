"""Pictures of the cockpit, taken by the cockpit itself: `make screenshots`.

Opens the lab, breaks a few things in it, and lets the real app watch it for a while without a terminal; what it shows
then is written beside this file. As root it runs in namespaces of its own, so that a picture shows these processes and
not what else is on the machine, nor where on it the project lies.
"""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from triage_tui.config.settings import Settings
from triage_tui.engine import Engine
from triage_tui.guides.places import all_folders
from triage_tui.guides.recognise import Recogniser
from triage_tui.lab import home
from triage_tui.lab.control import AskBreak, ask
from triage_tui.lab.demo import company
from triage_tui.sources import open_source
from triage_tui.ui.app import TriageApp
from triage_tui.ui.palette import Palette

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
PLACE = Path("/srv")
APART = "--apart"
UNSHARE = (
    *("unshare", "--pid", "--fork", "--mount-proc", "--uts"),
    *(
        "sh",
        "-ec",
        'mount --bind "$0" "$1"; cd "$1"; echo lab-1 >/proc/sys/kernel/hostname; shift; exec "$@"',
    ),
    *(str(ROOT), str(PLACE)),
)
TRUE_COLOUR = 1 << 24

BROKEN = ("blocked-writers", "queue-flood", "crash-loop", "pgbouncer-unhealthy", "memory-near-limit")
SEED = 7

WATCHED_S = 40
"""Until trends, rates and short histories have something to show, and restarts have been counted."""

SETTLED_S = 3.0
"""Until the guides have been asked, and what the keys did stands there."""

BREAK_S = 60.0

SHOTS = {"overview": (), "problems": ("0",), "question": ("home", "T")}
"""File name, and the keys that lead there."""

SIZE = (140, 45)
"""Columns and rows of the terminal."""


def main() -> int:
    """Take every picture. Returns 0."""
    if os.geteuid() == 0 and APART not in sys.argv:
        python = Path(sys.executable)
        if python.is_relative_to(ROOT):
            python = PLACE / python.relative_to(ROOT)
        os.execvp(UNSHARE[0], [*UNSHARE, str(python), "-m", "screenshots.take", APART])
    with company(print) as opened:
        opened.await_well()
        for drill in BROKEN:
            ask(opened.folder / home.CONTROL, AskBreak(drill, SEED), BREAK_S)
        asyncio.run(_shoot(opened.settings))
    return 0


async def _shoot(settings: Settings) -> None:
    known = Recogniser(all_folders(settings.guide_folders), None)
    engine = Engine(settings, open=partial(open_source, recognise=known))
    app = TriageApp(engine, settings, Palette(TRUE_COLOUR, unicode=True))
    try:
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause(WATCHED_S)
            for name, keys in SHOTS.items():
                await pilot.press(*keys)
                await pilot.pause(SETTLED_S)
                picture = FOLDER / f"{name}.svg"
                picture.write_text(app.export_screenshot(title="triage demo"))
                print(picture)
    finally:
        engine.stop()


if __name__ == "__main__":
    sys.exit(main())
