"""Pictures of the cockpit, taken by the cockpit itself: `make screenshots`.

Opens the lab, breaks a few things in it, and lets the real app watch it for a while without a terminal; what it shows
then is written beside this file. As root it runs in namespaces of its own, so that a picture shows these processes and
not what else is on the machine, nor where on it the project lies.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from triage_tui.config.settings import Settings
from triage_tui.engine import Engine
from triage_tui.lab import home
from triage_tui.lab.control import AskBreak, ask
from triage_tui.lab.demo import company
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

BREAK_S = 60.0

SHOTS = {"overview": (140, 45)}
"""File name, and columns and rows of the terminal."""


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
        for name, size in SHOTS.items():
            picture = FOLDER / f"{name}.svg"
            picture.write_text(asyncio.run(_shoot(opened.settings, size)))
            print(picture)
    return 0


async def _shoot(settings: Settings, size: tuple[int, int]) -> str:
    engine = Engine(settings)
    app = TriageApp(engine, settings, Palette(TRUE_COLOUR, unicode=True))
    try:
        async with app.run_test(size=size) as pilot:
            await pilot.pause(WATCHED_S)
            return app.export_screenshot(title="triage demo")
    finally:
        engine.stop()


if __name__ == "__main__":
    sys.exit(main())
