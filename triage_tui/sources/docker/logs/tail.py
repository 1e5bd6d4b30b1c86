"""The log of one container: followed while it runs, read to its end when it has ended, found again when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote, urlencode

from triage_tui.sources.clock import steady
from triage_tui.sources.docker.clock import moment
from triage_tui.sources.docker.endpoint import Endpoint
from triage_tui.sources.docker.logs.messages import Lines, Position
from triage_tui.sources.docker.logs.pipe import Pipe, connect
from triage_tui.sources.docker.logs.reading import Raw, Reader

FIRST_LINES = 60
"""Of what was written before one came to look."""

CATCH_UP_LINES = 20_000
"""Of what was written while nobody was connected. A container that writes more has lost them to us."""

PER_S, BURST = 50.0, 200.0
"""Lines of one container that are looked at, per second and at once."""

LEAST_PAUSE_S, MOST_PAUSE_S = 1.0, 60.0
"""Between two tries to connect."""

BEHIND_S = 15.0
"""Age of lines, as they come, from which on reading goes on at the end of the log: what a container writes faster than
the engine hands it out would be older with each look."""

_LAG_EVERY_S = 1.0
_ENDING_S = 0.5

Ask = Callable[[str], Endpoint | None]
"""Told the path that is about to be asked for; answers with where."""

Age = Callable[[datetime | None], float | None]
"""How long ago an instant of the engine's clock was."""


class Tail:
    """One container's log.

    lines, dropped  how many came since it is watched, and how many of them were not looked at
    skipped         times that reading went on at the end, since it was too far behind
    refused         what the engine said where it does not hand out this log
    """

    def __init__(self, id: str, container: str, reader: Reader, age: Age) -> None:
        self.id = id
        self.container = container
        self.lines = 0
        self.dropped = 0
        self.skipped = 0
        self.refused: str | None = None
        self._reader = reader
        self._age = age
        self._position: Position | None = None
        self._run: object = None
        self._read_to_end: object = None
        self._task: asyncio.Task[None] | None = None
        self._pipe: Pipe | None = None
        self._allowed = BURST
        self._allowed_at = steady()
        self._failures = 0
        self._not_before = 0.0
        self._came = 0
        self._lag_at = 0.0

    @property
    def connected(self) -> bool:
        """Its log is being read."""
        return self._task is not None and not self._task.done()

    def keep(self, ask: Ask, api: str, run: object, *, ended: bool) -> None:
        """See to it that the log is read.

        run    what tells one run of the container from the next
        ended  it does not run now: what it left is read once
        """
        if self._run != run:
            self._run, self._failures, self._not_before = run, 0, 0.0
            self.refused = None
        if self.connected or steady() < self._not_before or (ended and self._read_to_end == run):
            return
        self._task = asyncio.get_running_loop().create_task(
            self._read(ask, api, run), name=f"log of {self.container}"
        )

    def stop(self) -> None:
        """Let go of the connection, at once."""
        if self._task is not None:
            self._task.cancel()
        if self._pipe is not None:
            self._pipe.stop()

    async def ended(self) -> None:
        """Wait until what `stop` has ended is gone: a step of the loop or two."""
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_ENDING_S)

    async def _read(self, ask: Ask, api: str, run: object) -> None:
        path = f"/v{api}/containers/{quote(self.id, safe='')}/logs?{urlencode(self._wanted())}"
        endpoint = ask(path)
        if endpoint is None:
            return
        lines = Lines(self._position)
        self._came = 0
        try:
            self._pipe = pipe = await connect(endpoint, path, lambda data: self._take(lines, data))
            await pipe.ended.wait()
        except (OSError, TimeoutError):
            self._failed()
            return
        finally:
            if self._pipe is not None:
                self._pipe.stop()
                self._pipe = None
        if pipe.status == 200 and pipe.error is None:
            # The run is over, or the engine is; which of them, the next look tells.
            self._read_to_end, self._failures = run, 0
            self._not_before = steady() + LEAST_PAUSE_S
            return
        if pipe.status is not None and pipe.status != 200:
            self.refused = pipe.complaint.decode("utf-8", "replace") or f"HTTP {pipe.status}"
        self._failed()

    def _wanted(self) -> dict[str, str]:
        wanted = {"follow": "1", "stdout": "1", "stderr": "1", "timestamps": "1", "tail": f"{FIRST_LINES}"}
        if self._position is not None and (since := _since(self._position.at)) is not None:
            wanted |= {"since": since, "tail": f"{CATCH_UP_LINES}"}
        return wanted

    def _failed(self) -> None:
        pause = min(MOST_PAUSE_S, LEAST_PAUSE_S * 2**self._failures)
        self._failures = min(self._failures + 1, 10)
        self._not_before = steady() + pause

    def _take(self, lines: Lines, data: bytes) -> None:
        found, count = lines.feed(data, self._room())
        self._position = lines.position
        for line in found:
            self._reader.put(Raw(self.id, self.container, line))
        self._allowed -= len(found)
        self.lines += count
        self._came += count
        self._mind_the_lag()
        self.dropped += max(0, count - len(found))

    def _mind_the_lag(self) -> None:
        """Go on at the end of the log where what comes is old, and is not what was asked to be sent again."""
        now = steady()
        if self._came <= CATCH_UP_LINES or now - self._lag_at < _LAG_EVERY_S or self._position is None:
            return
        self._lag_at = now
        lag = self._age(moment(self._position.at.decode("ascii", "replace")))
        if lag is not None and lag > BEHIND_S and self._pipe is not None:
            self._position = None
            self.skipped += 1
            self._pipe.stop()

    def _room(self) -> int:
        now = steady()
        self._allowed = min(BURST, self._allowed + (now - self._allowed_at) * PER_S)
        self._allowed_at = now
        return max(0, min(int(self._allowed), self._reader.room))


def _since(at: bytes) -> str | None:
    """A time as the engine wrote it, as the engine wants it: seconds and nanoseconds since 1970."""
    text = at.decode("ascii", "replace")
    when: datetime | None = moment(text)
    if when is None:
        return None
    fraction = text.partition(".")[2]
    digits = "".join(character for character in fraction[:9] if character.isdigit())
    return f"{int(when.timestamp())}.{digits:0<9}"
