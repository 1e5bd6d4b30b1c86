"""Every fault against every kind of server at once, each cell with a proxy of its own, in one engine with healthy ones.

All cells are sick at the same time, so that the whole matrix takes as long as its slowest cell.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

from msgspec import Struct, field

from tests.endurance.field import Way, way
from tests.faults.proxy import FaultProxy
from triage_tui.config.secret import Secret
from triage_tui.config.settings import (
    DockerSpec,
    HostSpec,
    HttpSpec,
    PostgresSpec,
    RedisSpec,
    Settings,
    TargetSpec,
)
from triage_tui.engine import Engine
from triage_tui.model import Problem, Sighting, State

INTERVAL_S = 0.3
WELL_INTERVAL_S = 2.0
"""Healthy ones turn stale after three of these. That is long enough for a machine that is busy with other tests."""

PATIENCE_S = 40.0
DRAW = 0.05
"""What the jitter of backoff is drawn to be: waits are as short as bad luck allows, so that the test is."""

POLL_S = 0.1

FAULTS: Mapping[str, Callable[[FaultProxy], None]] = {
    "latency": lambda proxy: proxy.latency(0.1),
    "long latency": lambda proxy: proxy.latency(3600),
    "narrow line": lambda proxy: proxy.bandwidth(100_000),
    "trickle": lambda proxy: proxy.bandwidth(20),
    "blackhole": lambda proxy: proxy.blackhole(),
    "refusal": lambda proxy: proxy.refuse(),
    "reset": lambda proxy: proxy.reset(),
    "slow close": lambda proxy: proxy.slow_close(3600),
    "garbage": lambda proxy: proxy.garbage(),
    "half answer": lambda proxy: proxy.half_answer(9),
    "cut": lambda proxy: proxy.cut(9),
}

BEARABLE = frozenset({"latency", "narrow line", "slow close"})
"""Faults under which every source goes on."""

SPECS: Mapping[str, Callable[[str, Secret, float], TargetSpec]] = {
    "docker": lambda name, url, interval_s: DockerSpec(name, url, interval_s=interval_s),
    "postgres": lambda name, url, interval_s: PostgresSpec(name, url, interval_s=interval_s),
    "redis": lambda name, url, interval_s: RedisSpec(name, url, interval_s=interval_s),
    "http": lambda name, url, interval_s: HttpSpec(name, url, interval_s=interval_s),
}


class Cell(Struct):
    """What came of one fault against one kind of server.

    sick         as it was seen when the fault had told on it, or had had the time to
    connections  from the source: the most while it was sick, and after it had recovered
    recovered_s  from mending to live; None: it did not recover
    """

    sick: Sighting | None = None
    most_connections: int = 0
    connections: int = 0
    recovered_s: float | None = None

    @property
    def problem(self) -> Problem:
        """What was said of it."""
        assert self.sick is not None
        assert self.sick.problem is not None, "nothing was said to be wrong"
        return self.sick.problem


class Outcome(Struct):
    """All cells, by kind and fault, and what else there was to see.

    unwell       what was seen of healthy targets that was not live, while others were sick
    looks        that ended at each healthy target meanwhile
    connections  of a healthy source, by kind
    before, after  threads, and descriptors, of this process before the engine started and after it had stopped
    opened       what the descriptors lead to that were not there before
    left         connections that were still open then
    """

    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    unwell: list[str] = field(default_factory=list)
    looks: dict[str, int] = field(default_factory=dict)
    connections: dict[str, int] = field(default_factory=dict)
    before: tuple[int, int] = (0, 0)
    after: tuple[int, int] = (0, 0)
    opened: list[str] = field(default_factory=list)
    left: int = 0
    defects: tuple[str, ...] = ()

    def more_than_before(self, now: tuple[int, int]) -> bool:
        """Threads or descriptors have been left."""
        return any(later > earlier for later, earlier in zip(now, self.before, strict=True))


class Campaign:
    """Runs it. urls: of the real servers by kind."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = urls
        self._outcome = Outcome()
        self._ways: dict[tuple[str, str], Way] = {}
        self._well: dict[str, Way] = {}

    def run(self) -> Outcome:
        """All phases, one after the other."""
        outcome = self._outcome
        with ExitStack() as stack:
            for kind, url in self._urls.items():
                self._well[kind] = stack.enter_context(way(kind, url))
                for fault in FAULTS:
                    self._ways[kind, fault] = stack.enter_context(way(kind, url))
                    outcome.cells[kind, fault] = Cell()
            outcome.before, there = held(), descriptors()
            with Engine(self._settings(), draw=lambda: DRAW) as engine:
                self._wait(lambda: all(one.state is State.LIVE for one in engine.picture().sightings))
                self._strike(engine)
                self._mend(engine)
                outcome.defects = engine.defects
            self._wait(lambda: self._connections() == 0 and not outcome.more_than_before(held()))
            outcome.left, outcome.after = self._connections(), held()
            outcome.opened = [one for one in descriptors() if one not in there]
        return outcome

    def _settings(self) -> Settings:
        sick = [
            SPECS[kind](f"{kind}, {fault}", Secret(one.url), INTERVAL_S)
            for (kind, fault), one in self._ways.items()
        ]
        well = [
            SPECS[kind](f"{kind}, well", Secret(one.url), WELL_INTERVAL_S) for kind, one in self._well.items()
        ]
        host = HostSpec("host, well", interval_s=WELL_INTERVAL_S)
        return Settings("test", True, (*sick, *well, host), discover=False)

    def _strike(self, engine: Engine) -> None:
        """All faults at once, until each has told on its target, and every healthy one was looked at thrice."""
        for (_, fault), one in self._ways.items():
            FAULTS[fault](one.proxy)
        struck = {s.target.name: s.wall_at for s in engine.picture().sightings}
        seen: dict[str, set[object]] = {name: {at} for name, at in struck.items()}

        def told() -> bool:
            complete = True
            for sighting in engine.picture().sightings:
                kind, _, fault = sighting.target.name.partition(", ")
                seen[sighting.target.name].add(sighting.wall_at)
                looks = len(seen[sighting.target.name]) - 1
                if fault == "well":
                    self._outcome.looks[kind] = looks
                    if sighting.state is not State.LIVE:
                        self._outcome.unwell.append(f"{kind} {sighting.state.value}: {sighting.problem}")
                    complete &= looks >= 3
                    continue
                cell = self._outcome.cells[kind, fault]
                cell.sick = sighting
                cell.most_connections = max(cell.most_connections, self._ways[kind, fault].proxy.connections)
                complete &= looks >= 3 if fault in BEARABLE else sighting.failures >= 2
            return complete

        self._wait(told)

    def _mend(self, engine: Engine) -> None:
        """Mend everything, and wait until it has come back and given up what it no longer needs."""
        for one in self._ways.values():
            one.proxy.passes()
        mended = time.monotonic()

        def recovered() -> bool:
            for sighting in engine.picture().sightings:
                cell = self._outcome.cells.get(tuple(sighting.target.name.split(", ")))  # type: ignore[call-overload]
                if cell is not None and cell.recovered_s is None and sighting.state is State.LIVE:
                    cell.recovered_s = time.monotonic() - mended
            return all(cell.recovered_s is not None for cell in self._outcome.cells.values())

        self._wait(recovered)

        def settled() -> bool:
            for kind, one in self._well.items():
                self._outcome.connections[kind] = one.proxy.connections
            for key, cell in self._outcome.cells.items():
                cell.connections = self._ways[key].proxy.connections
            return all(
                cell.connections <= max(1, self._outcome.connections[kind])
                for (kind, _), cell in self._outcome.cells.items()
            )

        self._wait(settled)

    def _connections(self) -> int:
        return sum(one.proxy.connections for one in [*self._ways.values(), *self._well.values()])

    def _wait(self, holds: Callable[[], bool]) -> None:
        """Until it holds or the time is up: what came of it is for tests to judge."""
        end = time.monotonic() + PATIENCE_S
        while not holds() and time.monotonic() < end:
            time.sleep(POLL_S)


def descriptors() -> list[str]:
    """What each file descriptor of this process leads to."""
    found = []
    for number in Path("/proc/self/fd").iterdir():
        # The one by which they are listed is gone by now.
        with suppress(OSError):
            found.append(str(number.readlink()))
    return sorted(found)


def held() -> tuple[int, int]:
    """Threads and file descriptors of this process, without those that only wait for the collector of garbage."""
    gc.collect()
    return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
