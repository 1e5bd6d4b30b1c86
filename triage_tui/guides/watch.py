"""Says when a guide was written, as soon as the system tells."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from triage_tui.guides.files import ENDINGS

_STEP_MS = 50
_QUIET_MS = 200
"""How long it has to be quiet before a change is told: an editor writes a file in several steps."""

_BETWEEN_MS = 5_000
_POLL_S = 2.0
"""How often folders that are not there yet are looked for."""


class Watching:
    """A thread that tells of changes in folders until it is stopped."""

    def __init__(self, folders: Sequence[Path], tell: Callable[[], None]) -> None:
        """tell: called on the thread of its own, after one or more Markdown files were written or removed."""
        self._folders = tuple(folders)
        self._tell = tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="triage-guides-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self, timeout_s: float = 2.0) -> None:
        """End the thread; waits for it no longer than the time given."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        from watchfiles import watch

        while not self._stop.is_set():
            there = [folder for folder in self._folders if folder.is_dir()]
            if not there:
                self._stop.wait(_POLL_S)
                continue
            try:
                for _ in watch(
                    *there,
                    watch_filter=lambda _, path: path.lower().endswith(ENDINGS),
                    debounce=_QUIET_MS,
                    step=_STEP_MS,
                    rust_timeout=_BETWEEN_MS,
                    yield_on_timeout=False,
                    stop_event=self._stop,
                    raise_interrupt=False,
                    ignore_permission_denied=True,
                ):
                    self._tell()
            except (OSError, RuntimeError):
                # No more watches are left, or a folder went away: what is there is looked at again in a while.
                self._stop.wait(_POLL_S)
                self._tell()
