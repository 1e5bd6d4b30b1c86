"""Which keys may confirm: only those that the reader pressed after having seen what they confirm."""

from __future__ import annotations

from collections.abc import Callable

from triage_tui.sources.clock import steady

LAG_S = 0.5
"""A loop that was held up for longer has shown nothing meanwhile: what was typed then was typed blind."""

SETTLE_S = 0.5
"""After a lag or a resume keys still come out of buffers for as long."""

REPEAT_S = 0.7
"""A key that is held down repeats within this; keyboards wait 0.66 s at most before the first repetition."""

BURST_S = 0.03
"""Nobody presses two keys within this: a paste does, in terminals that do not mark it as one."""

BEAT_S = 0.1
"""How often `beat` is to be called."""


class Ears:
    """Judges keys by when they were read. now: monotonic seconds, as events have."""

    def __init__(self, now: Callable[[], float] = steady) -> None:
        self._now = now
        self._from: float | None = None
        self._beat = now()
        self._last: tuple[str, float] | None = None

    def painted(self) -> None:
        """What is to be confirmed stands on the screen."""
        self._beat = self._from = self._now()

    def covered(self) -> None:
        """It does not any more."""
        self._from = None

    def beat(self) -> None:
        """The loop lives. Where it did not for a while, what was typed meanwhile is dropped."""
        now = self._now()
        if now - self._beat > LAG_S:
            self._deaf_until(now + SETTLE_S)
        self._beat = now

    def hears(self, read_at: float) -> bool:
        """A key that was read at this instant counts as typed."""
        self.beat()
        if self._now() - read_at > LAG_S:
            return False
        return self._from is not None and read_at > self._from

    def confirms(self, key: str, read_at: float, *, burst: bool = False) -> bool:
        """It counts as a decision, too: it is neither a repetition nor a part of a paste. burst: it may follow another
        key at once, as one that no paste holds does behind a name."""
        last, self._last = self._last, (key, read_at)
        heard = self.hears(read_at)
        if last is None:
            return heard
        since = read_at - last[1]
        return heard and (burst or since > BURST_S) and not (last[0] == key and since < REPEAT_S)

    def note(self, key: str, read_at: float) -> None:
        """A key that decides nothing was read."""
        self._last = (key, read_at)

    def _deaf_until(self, instant: float) -> None:
        if self._from is not None:
            self._from = max(self._from, instant)
