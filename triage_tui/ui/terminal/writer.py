"""Sends what there is to send whenever the terminal can take it, and never makes anybody else wait."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable

from triage_tui.ui.memory import give_back
from triage_tui.ui.terminal.replica import Replica

CHUNK_BYTES = 4096
"""The size of a pseudo-terminal's buffer on Linux: a larger write blocks in the middle of itself."""

CONTROLS_KEPT = 64
"""Mode changes that may wait for a stalled terminal. A program's whole life has about thirty."""

LEAVE_ALTERNATE_SCREEN = "\x1b[?1049l"
ENTER_ALTERNATE_SCREEN = "\x1b[?1049h"


class Writer:
    """A daemon thread that writes mode changes and differences to a file descriptor.

    While a write blocks, frames are only drawn onto the replica; when it returns, one difference brings the
    terminal up to date. The thread holds at most one difference.

    failed  called with a defect that ends the thread: a screen that stands still must not look like calm
    """

    def __init__(self, fileno: int, replica: Replica, failed: Callable[[Exception], None]) -> None:
        self._fileno = fileno
        self._replica = replica
        self._failed = failed
        self._controls: deque[str] = deque(maxlen=CONTROLS_KEPT)
        self._wake = threading.Condition()
        self._work = False
        self._idle = True
        self._stopped = False
        self._showing = False
        self._much_freed = False
        self.broken = False
        self._thread = threading.Thread(target=self._run, name="triage-terminal", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def control(self, sequence: str) -> None:
        """Send a mode change, in order, before any difference that is taken later."""
        with self._wake:
            self._controls.append(sequence)
            self._notify()

    def update(self) -> None:
        """There may be a difference to send."""
        with self._wake:
            self._notify()

    def _notify(self) -> None:
        self._work = True
        self._wake.notify_all()

    def much_freed(self) -> None:
        """After the next difference there is memory to be given back, which is done where nobody waits for it."""
        self._much_freed = True

    def drain(self, timeout_s: float) -> bool:
        """Wait until all is written; False where the terminal did not take it in time."""
        with self._wake:
            return self._wake.wait_for(lambda: (self._idle and not self._work) or self.broken, timeout_s)

    def stop(self, timeout_s: float) -> None:
        """End the thread; one that hangs in a write is left to the end of the process."""
        with self._wake:
            self._stopped = True
            self._notify()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._idle = not self._work
                self._wake.notify_all()
                self._wake.wait_for(lambda: self._work or self._stopped)
                if self._stopped and not self._work:
                    return
                self._work, self._idle = False, False
                controls = list(self._controls)
                self._controls.clear()
            try:
                for sequence in controls:
                    self._control(sequence)
                if self._showing:
                    self._write(self._replica.take())
                if self._much_freed:
                    self._much_freed = False
                    give_back()
            except OSError:
                # The terminal is gone. Whoever watches it ends the program; there is nobody to write to.
                self._break()
                return
            except Exception as error:
                self._break()
                self._failed(error)
                return

    def _break(self) -> None:
        with self._wake:
            self.broken, self._idle, self._work = True, True, False
            self._wake.notify_all()

    def _control(self, sequence: str) -> None:
        if ENTER_ALTERNATE_SCREEN in sequence:
            self._replica.forget()
            self._showing = True
        elif LEAVE_ALTERNATE_SCREEN in sequence:
            self._showing = False
        self._write(sequence)

    def _write(self, text: str) -> None:
        if not text:
            return
        data = memoryview(text.encode("utf-8", "replace"))
        while data:
            data = data[os.write(self._fileno, data[:CHUNK_BYTES]) :]
