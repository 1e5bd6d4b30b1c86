"""The self-check: replay what was sent through a terminal emulator and compare it with the wanted grid."""

from __future__ import annotations

from triage_tui.ui.terminal.replica import Replica


class ReplayError(AssertionError):
    """The terminal would not show what it should."""


class Replay:
    """A terminal of its own (pyte), fed with everything that was sent.

    Needs pyte, which is a development dependency; `TRIAGE_CHECK_TERMINAL=1` switches it on by hand.
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
        """Raise ReplayError where the emulated terminal differs, in a character or its style, from the wanted grid."""
        wanted = replica.wanted()
        fresh = Replay(*replica.size)
        fresh.feed(replica.whole())
        for y, text in enumerate(wanted):
            if self.row(y) != text:
                raise ReplayError(f"row {y}: wanted {text!r}, the terminal shows {self.row(y)!r}")
            shown, right = self._screen.buffer[y], fresh._screen.buffer[y]
            for x in range(self._screen.columns):
                if shown[x] != right[x]:
                    raise ReplayError(
                        f"row {y}, column {x}: wanted {right[x]}, the terminal shows {shown[x]}"
                    )
