"""The real cockpit with a probe in each of its event loops: `python -m tests.endurance.probed NOTES --config FILE`.

The arguments after NOTES are those of `triage`. NOTES gets a line of JSON every second, see `notes.py`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import msgspec

from tests.endurance.notes import TICK_S, Note
from triage_tui import engine
from triage_tui.cli import main as triage
from triage_tui.engine import Engine

NOTE_S = 1.0


class Probe:
    """Writes notes about an engine. `lateness` may be called on any thread, the rest runs on the engine's loop."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._uncaught: list[str] = []
        self._engine_ms: list[int] = []
        self._ui_ms: list[int] = []
        sys.excepthook = self._on_raise
        threading.excepthook = lambda said: self._keep(said.exc_type, said.exc_value)
        sys.unraisablehook = lambda said: self._keep(said.exc_type, said.exc_value)
        handler = logging.Handler(logging.ERROR)
        handler.emit = lambda record: self._uncaught.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger("asyncio").addHandler(handler)

    async def watch_ui(self) -> None:
        """Measure the screen's loop."""
        await _tick(self._ui_ms, lambda: None)

    async def watch(self, watched: Engine) -> None:
        """Measure the engine's loop, and write."""
        due = time.monotonic()

        def note() -> None:
            nonlocal due
            if time.monotonic() >= due:
                due = time.monotonic() + NOTE_S
                self._write(watched)

        await _tick(self._engine_ms, note)

    def _write(self, watched: Engine) -> None:
        seen = watched.picture().sightings
        note = Note(
            at=time.monotonic(),
            wall=time.time(),
            engine_ms=_taken(self._engine_ms),
            ui_ms=_taken(self._ui_ms),
            states={one.target.name: one.state.value for one in seen},
            ages={one.target.name: one.age_s for one in seen},
            problems={one.target.name: one.problem.kind.value for one in seen if one.problem is not None},
            raised=[*watched.defects, *self._uncaught],
            tasks=len(asyncio.all_tasks()),
            threads=sorted(thread.name for thread in threading.enumerate()),
        )
        with self._file.open("ab") as file:
            file.write(msgspec.json.encode(note) + b"\n")

    def _on_raise(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._keep(kind, error)
        sys.__excepthook__(kind, error, trace)

    def _keep(self, kind: type[BaseException], error: BaseException | None) -> None:
        self._uncaught.append(f"{kind.__name__}: {error}")


async def _tick(lateness_ms: list[int], then: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + TICK_S
        await asyncio.sleep(TICK_S)
        lateness_ms.append(round(1000 * (loop.time() - due)))
        then()


def _taken(lateness_ms: list[int]) -> list[int]:
    taken = lateness_ms[:]
    del lateness_ms[: len(taken)]
    return taken


def main(notes: Path, arguments: list[str]) -> int:
    """Run `triage`."""
    probe = Probe(notes)
    ticking: list[object] = []

    class ProbedEngine(Engine):
        """Starts the probes with itself; the screen calls it on its own loop."""

        def start(self) -> None:
            super().start()
            ticking.append(asyncio.get_running_loop().create_task(probe.watch_ui()))
            assert self._loop is not None
            ticking.append(asyncio.run_coroutine_threadsafe(probe.watch(self), self._loop))

    # The screens are loaded later, and take the engine from here.
    engine.Engine = ProbedEngine  # type: ignore[misc]
    return triage(arguments)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
