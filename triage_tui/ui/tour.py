"""A walk through the screens with short captions, for newcomers. Any key ends it, and does what it always does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from textual.timer import Timer

from triage_tui.model import Kind

STOP_S = 9.0
"""Long enough to read a caption twice and to find on the screen what it speaks of."""


class Stop(Struct, frozen=True):
    """One thing to look at.

    caption  at most 78 characters, so that it fits the bar of a narrow screen
    alone    the pane that is shown alone; None: all of them
    """

    caption: str
    alone: Kind | None = None


STOPS = (
    Stop("Tour: four panes, each with the age of its data. Any key ends the tour."),
    Stop("Containers: a symbol and a word for each, restarts, memory against its limit.", Kind.DOCKER),
    Stop("PostgreSQL: connections against their limit; below, who blocks whom, if any.", Kind.POSTGRES),
    Stop("Redis: memory, and every queue: what waits, who works, where it is going.", Kind.REDIS),
    Stop("The host: processor, memory, disks, and the processes that cost most.", Kind.HOST),
    Stop("Something breaks in this company soon. Where do you see it first?"),
    Stop("Tab goes to a pane, 2–5 shows it alone, / searches in it, Enter drills in."),
    Stop("? lists all keys. When you leave with q, the demo says what was broken."),
)


class Tour:
    """Goes from stop to stop until it is over, or ended.

    show   makes the screen what a stop wants
    after  calls something once after some seconds
    done   is called when there is nothing more to be said
    """

    def __init__(
        self,
        show: Callable[[Stop], None],
        after: Callable[[float, Callable[[], None]], Timer],
        done: Callable[[], None],
        stops: Sequence[Stop] = STOPS,
    ) -> None:
        self._show = show
        self._after = after
        self._done = done
        self._left = list(stops)
        self._timer: Timer | None = None

    @property
    def goes_on(self) -> bool:
        """There is something to be said, or it is being said."""
        return self._timer is not None

    def go_on(self) -> None:
        """To the next stop."""
        if not self._left:
            self.end()
            return
        self._show(self._left.pop(0))
        self._timer = self._after(STOP_S, self.go_on)

    def end(self) -> None:
        """Here and now; nothing happens where it has ended."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
            self._left.clear()
            self._done()
