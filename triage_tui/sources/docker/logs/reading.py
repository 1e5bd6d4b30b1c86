"""Lines looked at one by one, on a thread beside the loop, for no longer than they may cost."""

from __future__ import annotations

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from msgspec import Struct

from triage_tui.sources.docker.clock import moment
from triage_tui.sources.docker.logs.ledger import Ledger
from triage_tui.sources.docker.logs.messages import time_and_text
from triage_tui.sources.docker.logs.telling import missing_variable, versions
from triage_tui.text import safe
from triage_tui.text.personal import found_in, masked
from triage_tui.text.sanitise import decode, visible

LONGEST = 2_000
"""Characters of a line that are looked at, and LONGEST_SHOWN of them kept."""

LONGEST_SHOWN = 400

MOST_QUEUED = 6_000
"""Lines that wait to be looked at: the ends of the logs of a hundred containers, when one begins to watch."""

MOST_BYTES = 4 << 20
"""Of those lines all together."""

BUDGET_S, FIRST_BUDGET_S = 0.08, 1.0
"""Seconds of processor time in one look, which comes every two: four per cent of a core. The first looks catch up."""

REMEMBERED = 4_096
"""Shapes of lines of which it is known that nobody knows them."""

Recognise = Callable[[str], str | None]
"""A line, made safe, to the id of the guide that knows it; None: none does."""

_VARYING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]|\d\d:\d\d:\d\d(?:[.,]\d+)?|[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*|\d{6,}|(?<=\d)[.,]\d+"
)
"""What differs between two lines that say the same: instants, ids, fractions. Short numbers may be codes."""


class Raw(Struct, frozen=True):
    """A line as it came, with its time in front."""

    id: str
    container: str
    line: bytes


class Reader:
    """Takes lines from the loop and reads them when told to, by one other thread at a time."""

    def __init__(self, ledger: Ledger, recognise: Recognise | None) -> None:
        self._ledger = ledger
        self._recognise = recognise
        self._queue: deque[Raw] = deque()
        # Each written by one thread alone, so that neither has to wait for the other.
        self._bytes_put = self._bytes_read = 0
        self._unknown: OrderedDict[str, None] = OrderedDict()

    @property
    def room(self) -> int:
        """Lines that may be put into the queue now."""
        return MOST_QUEUED - len(self._queue) if self._bytes_put - self._bytes_read < MOST_BYTES else 0

    @property
    def waiting(self) -> int:
        """Lines that wait to be read."""
        return len(self._queue)

    def put(self, raw: Raw) -> None:
        """Queue a line. For the loop's thread."""
        self._bytes_put += len(raw.line)
        self._queue.append(raw)

    def read(self, budget_s: float) -> None:
        """Read until the queue is empty or the time, of this thread's processor, is over. For one other thread."""
        end = time.thread_time() + budget_s
        while self._queue and time.thread_time() < end:
            raw = self._queue.popleft()
            self._bytes_read += len(raw.line)
            self._one(raw)

    def _one(self, raw: Raw) -> None:
        stamp, written = time_and_text(raw.line)
        bare = visible(decode(written, LONGEST))
        if not bare.strip():
            return
        at = moment(stamp.decode("ascii", "replace")) if stamp else None
        found = found_in(bare)
        for one in found:
            self._ledger.sensitive(raw.id, raw.container, one.kind, one.sample, at)
        shape = _VARYING.sub("#", bare)
        if shape in self._unknown:
            self._unknown.move_to_end(shape)
            return
        line = safe(written, limit=LONGEST)
        shown = masked(line) if found else line
        shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[: LONGEST_SHOWN - 1]}…"
        entry = self._recognise(line) if self._recognise is not None else None
        if entry is not None:
            self._ledger.known(raw.id, raw.container, entry, shown, at)
        variable = missing_variable(line, line.lower())
        if variable is not None:
            self._ledger.missing(raw.id, raw.container, variable, shown, at)
        told = versions(line)
        if told is not None:
            self._ledger.versions(raw.id, raw.container, told, shown, at)
        if entry is None and variable is None and told is None:
            self._unknown[shape] = None
            if len(self._unknown) > REMEMBERED:
                self._unknown.popitem(last=False)
