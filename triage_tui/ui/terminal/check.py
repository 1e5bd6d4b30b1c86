"""The self-check: replay what was sent through a terminal emulator and compare it with the wanted grid."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

from triage_tui.ui.terminal.replica import Replica


class ReplayError(AssertionError):
    """The terminal would not show what it should."""


class Replay:
    """A terminal of its own (pyte), fed with everything that was sent.

    Needs pyte, which is a development dependency.
    """

    def __init__(self, width: int, height: int) -> None:
        import pyte

        self._screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self._screen)

    def resize(self, width: int, height: int) -> None:
        """The emulated terminal has another size."""
        self._screen.resize(height, width)

    def feed(self, sent: str) -> None:
        """What was written to the terminal."""
        self._stream.feed(sent)

    def row(self, y: int) -> str:
        """What the emulated terminal shows in a row."""
        line = self._screen.buffer[y]
        return "".join(line[x].data for x in range(self._screen.columns))

    def compare(self, replica: Replica) -> None:
        """Raise ReplayError where the emulated terminal differs, in a character or its style, from what it was sent."""
        rows, whole = replica.sent()
        fresh = Replay(*replica.size)
        fresh.feed(whole)
        for y, text in enumerate(rows):
            # The emulator composes a character and its marks where Unicode has both in one.
            if self.row(y) != normalize("NFC", text):
                raise ReplayError(f"row {y}: wanted {text!r}, the terminal shows {self.row(y)!r}")
            shown, right = self._screen.buffer[y], fresh._screen.buffer[y]
            for x in range(self._screen.columns):
                if shown[x] != right[x]:
                    raise ReplayError(
                        f"row {y}, column {x}: wanted {right[x]}, the terminal shows {shown[x]}"
                    )


class Checker:
    """Checks a driver's every write and keeps what it found: `TRIAGE_CHECK_TERMINAL=FILE` writes it to a file.

    Runs on the writer's thread, where an exception would end the program; so what is wrong is noted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._replay: Replay | None = None
        self._size = (0, 0)
        self._writes = 0
        self._wrong = 0

    def __call__(self, sent: str, replica: Replica) -> None:
        """Replay one write and compare."""
        if self._replay is None:
            self._replay = Replay(*replica.size)
        elif replica.size != self._size:
            self._replay.resize(*replica.size)
        self._size = replica.size
        self._replay.feed(sent)
        self._writes += 1
        try:
            self._replay.compare(replica)
        except ReplayError as error:
            self._wrong += 1
            self._note(f"write {self._writes}: {error}")
        self._note(f"{self._writes} writes, {self._wrong} wrong", last=True)

    def _note(self, line: str, *, last: bool = False) -> None:
        kept = self._path.read_text("utf-8").splitlines() if self._path.exists() else []
        kept = [known for known in kept if not known.endswith(" wrong")] if last else kept
        self._path.write_text("\n".join([*kept[-200:], line]) + "\n", "utf-8")
