"""Pictures of the cockpit, taken by the cockpit itself: `make screenshots`.

Opens the demo's company and, where this runs as root with Docker installed, an engine with containers in every kind of
trouble. The real app watches them for a while without a terminal, and what it shows then is written beside this file.
As root it runs in namespaces of its own, so that a picture shows these processes and not what else is on the machine.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.docker import Engine as DockerEngine
from tests.servers.docker import running_docker
from triage_tui.config.settings import Settings
from triage_tui.engine import Engine
from triage_tui.lab.demo import company
from triage_tui.ui.app import TriageApp
from triage_tui.ui.palette import Palette

FOLDER = Path(__file__).parent
APART = "--apart"
UNSHARE = (
    *("unshare", "--pid", "--fork", "--mount-proc", "--uts"),
    *("sh", "-c", 'echo shop-1 >/proc/sys/kernel/hostname; exec "$@"', "sh"),
)
TRUE_COLOUR = 1 << 24

WATCHED_S = 40
"""Until trends, rates and short histories have something to show, and restarts have been counted."""

SHOTS = {"overview": (140, 45)}
"""File name, and columns and rows of the terminal."""


def main() -> int:
    """Take every picture. Returns 0."""
    if os.geteuid() == 0 and APART not in sys.argv:
        os.execvp(UNSHARE[0], [*UNSHARE, sys.executable, "-m", "screenshots.take", APART])
    with _containers(), company(print) as settings:
        for name, size in SHOTS.items():
            picture = FOLDER / f"{name}.svg"
            picture.write_text(asyncio.run(_shoot(settings, size)))
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


@contextmanager
def _containers() -> Iterator[None]:
    """An engine with containers, which the demo then finds through DOCKER_HOST; nothing where it cannot be had."""
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        yield
        return
    with running_docker() as engine:
        _run_shop(engine)
        os.environ["DOCKER_HOST"] = engine.url
        yield


def _run_shop(engine: DockerEngine) -> None:
    fill = "dd if=/dev/zero of=/dev/shm/file bs=1M count=20 2>/dev/null; sleep 3600"
    busy = "while true; do i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; sleep 0.2; done"
    engine.run("shop-web-1", fill, health="true", memory="64m", labels=_labels("web"))
    engine.run("shop-api-1", "sleep 3600", health="false", memory="64m", labels=_labels("api"))
    engine.run("shop-worker-1", busy, memory="48m", labels=_labels("worker"))
    engine.run("shop-mailer-1", "sleep 1; exit 1", restart="always", labels=_labels("mailer"))
    engine.run("shop-render-1", "tail /dev/zero", memory="16m", labels=_labels("render"))
    engine.run("shop-migrate-1", "true", labels=_labels("migrate"))


def _labels(service: str) -> dict[str, str]:
    return {"com.docker.compose.project": "shop", "com.docker.compose.service": service}


if __name__ == "__main__":
    sys.exit(main())
