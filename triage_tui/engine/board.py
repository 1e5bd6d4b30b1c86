"""What is true now: the latest about every target, and pictures of it."""

from __future__ import annotations

from msgspec.structs import replace

from triage_tui.engine.entry import Entry
from triage_tui.engine.history import Histories, History
from triage_tui.model import Observation, Picture, Target
from triage_tui.model.signals import read
from triage_tui.sources.clock import CLOCK, Clock


class Board:
    """Written by the engine's thread alone; pictures may be taken on any thread.

    There is no lock: a writer puts a new dictionary of frozen entries in the place of the old one, and a reader
    takes whichever is there.
    """

    def __init__(self, environment: str, *, read_only: bool, clock: Clock = CLOCK) -> None:
        self._environment = environment
        self._read_only = read_only
        self._clock = clock
        self._entries: dict[str, Entry] = {}
        self._histories: dict[str, History] = {}

    @property
    def entries(self) -> dict[str, Entry]:
        """The latest entries by target name, in the order in which they were added. Not to be changed."""
        return self._entries

    def add(self, target: Target, interval_s: float) -> None:
        """Know a target from now on. Raises ValueError where the name is known already."""
        if target.name in self._entries:
            raise ValueError(f"two targets are named {target.name!r}")
        history = self._histories[target.name] = History()
        self._put(Entry(target=target, interval_s=interval_s, view=history.view()))

    def remove(self, name: str) -> None:
        """Forget a target and everything about it."""
        self._histories.pop(name, None)
        self._entries = {other: entry for other, entry in self._entries.items() if other != name}

    def begin(self, name: str) -> None:
        """A look at the target has begun."""
        self._put(replace(self._entries[name], looking_since=self._clock.steady()))

    def record(self, name: str, seen: Observation, target: Target) -> Entry:
        """A look has ended. target: as exact as the source knows it by now; the name stays."""
        history = self._histories[name]
        if seen.data is not None:
            history.add(seen.taken_at, read(seen.data))
        named = target if target.name == name else replace(target, name=name)
        entry = self._entries[name].with_look(seen, named, history.view())
        self._put(entry)
        return entry

    def picture(self) -> Picture:
        """Everything known at this instant."""
        now = self._clock.steady()
        entries = self._entries
        return Picture(
            taken_at=now,
            wall_at=self._clock.wall(),
            environment=self._environment,
            read_only=self._read_only,
            sightings=tuple(entry.sighting(now) for entry in entries.values()),
            history=Histories({name: entry.view for name, entry in entries.items()}),
        )

    def _put(self, entry: Entry) -> None:
        self._entries = {**self._entries, entry.target.name: entry}
