"""Two grids: what the screen should show, and what the terminal has been sent."""

from __future__ import annotations

import threading
from collections.abc import Callable

from triage_tui.ui.terminal.difference import Pencil, difference
from triage_tui.ui.terminal.grid import Grid
from triage_tui.ui.terminal.painter import Painter

SYNC_FROM_BYTES = 256
"""Differences longer than this are wrapped in synchronised output where the terminal knows it (mode 2026)."""

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class Replica:
    """Thread-safe: the app draws on its thread, the writer takes differences on its own.

    Nothing queues here. However many frames are drawn while the terminal is busy, the next difference is one.

    check  called with every difference that is taken, for a check of what the terminal shows; no frame is drawn
           meanwhile
    """

    def __init__(self, width: int, height: int, check: Callable[[str, Replica], None] | None = None) -> None:
        self._lock = threading.RLock()
        self._check = check
        self._sent = Grid(width, height)
        self._painter = Painter(Grid(width, height))
        self._pencil = Pencil()
        self._forget()
        self._cursor: tuple[int, int] | None = None
        self.synchronised = False

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        grid = self._painter.grid
        return grid.width, grid.height

    def draw(self, frame: str) -> None:
        """Draw a frame, or a part of one, as a compositor writes it."""
        with self._lock:
            self._painter.draw(frame)
            # A frame ends by putting the cursor where input methods should open; the corner means nowhere.
            at = (self._painter.x, self._painter.y)
            self._cursor = at if at != (0, 0) else None

    def resize(self, width: int, height: int) -> None:
        """The terminal has another size; what it did with its content nobody knows."""
        with self._lock:
            painter = self._painter
            painter.grid = painter.grid.resized(width, height)
            self._sent = Grid(width, height)
            self._forget()

    def forget(self) -> None:
        """The terminal may show anything: it was cleared, suspended, or switched to its other screen."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._sent.forget()
        self._pencil.lose()
        self._painter.dirty.update(range(self._painter.grid.height))

    def take(self) -> str:
        """What to send now; empty where the terminal is up to date. Taken as sent."""
        with self._lock:
            painter = self._painter
            rows = sorted(painter.dirty)
            painter.dirty.clear()
            sent = difference(self._sent, painter.grid, rows, self._pencil)
            if self._cursor is not None and sent:
                x, y = self._cursor
                if x < painter.grid.width and y < painter.grid.height:
                    sent += self._pencil.move(x, y)
            if sent and self._check is not None:
                self._check(sent, self)
        if self.synchronised and len(sent) > SYNC_FROM_BYTES:
            return f"{SYNC_START}{sent}{SYNC_END}"
        return sent

    def wanted(self) -> tuple[str, ...]:
        """The rows that the screen should show, as text."""
        with self._lock:
            grid = self._painter.grid
            return tuple(grid.text(y) for y in range(grid.height))

    def sent(self) -> tuple[tuple[str, ...], str]:
        """The rows that the terminal should show by now, as text, and as they would be sent to a terminal of which
        nothing is known."""
        with self._lock:
            grid = self._sent
            blank = Grid(grid.width, grid.height)
            blank.forget()
            rows = tuple(grid.text(y) for y in range(grid.height))
            return rows, difference(blank, grid, range(grid.height), Pencil())
