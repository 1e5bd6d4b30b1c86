"""What the probes in a cockpit write down, and reading it while they do."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

TICK_S = 0.05
"""How often each loop is asked to do something."""

_TAIL = 16_384


class Note(Struct):
    """One second of the program's life.

    engine_ms, ui_ms  how late each tick of TICK_S was, in milliseconds, on the engine's loop and on the screen's
    wall              the time of day, as this program knows it
    states            of the targets by name; ages: of their data, in seconds
    problems          what is wrong with those with which something is, by kind
    raised            defects that the engine kept, and exceptions that nobody caught, in words; all so far
    tasks             of the engine's loop
    threads           by name
    """

    at: float
    wall: float
    engine_ms: list[int]
    ui_ms: list[int]
    states: dict[str, str]
    ages: dict[str, float | None]
    problems: dict[str, str]
    raised: list[str]
    tasks: int
    threads: list[str]


class Notes:
    """A file of notes that grows."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def newest(self, since: float) -> Note | None:
        """The last note that is whole, if it is newer than an instant of the machine's monotonic clock."""
        if not self._file.exists():
            return None
        with self._file.open("rb") as notes:
            notes.seek(max(0, self._file.stat().st_size - _TAIL))
            *_, last, _unfinished = [b"", *notes.read().split(b"\n")]
        note = msgspec.json.decode(last, type=Note) if last else None
        return note if note is not None and note.at > since else None

    def all(self) -> list[Note]:
        """Every note, oldest first."""
        lines = self._file.read_bytes().split(b"\n")[:-1] if self._file.exists() else []
        return [msgspec.json.decode(line, type=Note) for line in lines]
