"""The search for queues that no registry names: one scan over the keys, so slow that nobody notices it.

SCAN holds the server for as long as one call takes, so calls are small, few, and smaller when answers take longer. The
cursor outlives pauses, broken connections and anything else but the server itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from triage_tui.sources.redis.queues.steps import Ask
from triage_tui.sources.redis.replies import cursor, whole
from triage_tui.sources.redis.wire import BrokenError, Command, Refusal

PAUSE_S = 0.1
"""Between two calls: ten a second at most."""

MAX_COUNT = 1_000
MIN_COUNT = 10
SLOWER_S = 0.005
"""An answer that takes this much longer than the fastest halves the next call."""

REST_S = 60.0
REST_FACTOR = 20
"""A sweep is followed by at least a minute's rest, and by twenty times its own duration: at most 5 % of the time."""

Note = Callable[[bytes], None]


class Sweep:
    """One pass over all keys by name, and one over those that are streams.

    note         told of every key
    note_stream  told of every stream; None: streams are not searched for
    swept        told when both passes have ended
    """

    def __init__(self, ask: Ask, note: Note, note_stream: Note | None, swept: Callable[[], None]) -> None:
        self._ask = ask
        self._passes: list[tuple[tuple[str, ...], Note]] = [((), note)]
        if note_stream is not None:
            self._passes.append((("TYPE", "stream"), note_stream))
        self._swept = swept
        self._pass = 0
        self._cursor = b"0"
        self._calls = 0
        self._count = MAX_COUNT
        self._fastest_s: float | None = None
        self._keys: int | None = None
        self._examined = 0
        self._working_s = 0.0
        self._complete = False
        self._rests_until = 0.0
        self.refusal: Refusal | None = None
        """Why there is no scan, where the server refused it."""
        self.typed_calls = 0
        """Calls with a TYPE, which servers up to 7.0 count as hits of every key that they pass."""

    @property
    def progress(self) -> float | None:
        """How far the first sweep has come, 0…1, and 1 ever after; None where it is not allowed or not measurable."""
        if self._complete:
            return 1.0
        if self.refusal is not None or self._keys is None:
            return None
        whole_way = max(1, self._keys * len(self._passes))
        return min(0.99, self._examined / whole_way)

    def due(self, at: float) -> bool:
        """Whether there is something to do. at: the loop's time."""
        return at >= self._rests_until

    def start_over(self) -> None:
        """Another server answers now: cursors of the last one mean nothing."""
        self._pass, self._cursor, self._calls, self._examined, self._working_s = 0, b"0", 0, 0, 0.0
        self._complete, self._rests_until, self._fastest_s, self._keys = False, 0.0, None, None
        self.refusal = None

    async def run(self, wanted: Callable[[], bool]) -> None:
        """Go on until the sweep is complete, refused or broken, or nobody wants it any more. Does not raise."""
        loop = asyncio.get_running_loop()
        try:
            while wanted():
                started = loop.time()
                if self._keys is None:
                    (keys,) = await self._ask([("DBSIZE",)])
                    self._keys = whole(keys)
                more = await self._step(loop)
                if more:
                    await asyncio.sleep(PAUSE_S)
                self._working_s += loop.time() - started
                if self._pass == len(self._passes):
                    self._end(loop.time())
                    return
                if self.refusal is not None:
                    self._rests_until = loop.time() + REST_S
                    return
        except BrokenError:
            # The look itself meets the same server and says what is wrong with it.
            self._rests_until = loop.time() + PAUSE_S

    async def _step(self, loop: asyncio.AbstractEventLoop) -> bool:
        """One call. Returns whether to pause before the next: not between the single calls of a small database."""
        options, note = self._passes[self._pass]
        command: Command = ("SCAN", self._cursor, "COUNT", self._count, *options)
        asked = loop.time()
        (reply,) = await self._ask([command])
        took_s = loop.time() - asked
        self.refusal = reply if isinstance(reply, Refusal) else None
        answer = cursor(reply)
        if answer is None:
            self.refusal = self.refusal or Refusal("ERR", "SCAN was answered with something else")
            return False
        self.typed_calls += bool(options)
        self._examined += self._count
        self._cursor, keys = answer
        _tell(note, keys)
        self._adapt(took_s)
        self._calls += 1
        if self._cursor != b"0":
            return True
        several, self._calls = self._calls > 1, 0
        self._pass += 1
        return several and self._pass < len(self._passes)

    def _adapt(self, took_s: float) -> None:
        self._fastest_s = took_s if self._fastest_s is None else min(took_s, self._fastest_s)
        if took_s > self._fastest_s + SLOWER_S:
            self._count = max(MIN_COUNT, self._count // 2)
        else:
            self._count = min(MAX_COUNT, self._count + self._count // 4 + 1)

    def _end(self, at: float) -> None:
        self._complete = True
        self._rests_until = at + max(REST_S, REST_FACTOR * self._working_s)
        self._pass, self._cursor, self._calls, self._examined, self._working_s = 0, b"0", 0, 0, 0.0
        self._keys = None
        self._swept()


def _tell(note: Note, keys: Sequence[bytes]) -> None:
    for key in keys:
        note(key)
