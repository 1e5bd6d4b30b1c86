"""The wall clock jumps by an hour, there and back, and nothing but the time of day changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.endurance.field import Way, servers, way
from tests.endurance.notes import Note, Notes
from tests.endurance.soak import configuration
from tests.servers.require import unavailable
from tests.terminal.program import PYTHON, Program

pytestmark = [pytest.mark.postgres, pytest.mark.redis]

HOUR_S = 3600.0
PATIENCE_S = 40.0
CLOSE_S = 300.0
"""Far less than the jump, far more than any age here."""

INTERVAL_S = 1.0


class Clock:
    """The wall clock of one program, set with libfaketime. The monotonic clocks are the machine's."""

    def __init__(self, file: Path, library: Path) -> None:
        self._file = file
        self.set(0)
        self.environ = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def set(self, ahead_s: float) -> None:
        """From now on it is ahead of the machine's by this much, or behind."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{ahead_s:+.0f}")
        new.replace(self._file)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """Debian and Ubuntu: apt install libfaketime."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return Clock(tmp_path / "clock", found[0] if found else unavailable("faketime", "no libfaketime"))


class Watched:
    """The real cockpit in a terminal, on servers behind proxies."""

    def __init__(self, program: Program, notes: Notes, ways: dict[str, Way]) -> None:
        self.program = program
        self.ways = ways
        self._notes = notes

    def wait(self, holds: Callable[[Note], bool], what: str) -> Note:
        """The first note from now on of which something holds."""
        since, end = time.monotonic(), time.monotonic() + PATIENCE_S
        last: Note | None = None
        while time.monotonic() < end:
            self.program.read(0.05)
            note = self._notes.newest(since)
            if note is not None and note != last:
                last = note
                assert note.raised == []
                if holds(note):
                    return note
        raise AssertionError(f"{what}: not within {PATIENCE_S:g} s. {last}\n{self.program.text}")


@pytest.fixture
def watched(clock: Clock, tmp_path: Path) -> Iterator[Watched]:
    """Everything but Docker, live."""
    with ExitStack() as stack:
        urls = stack.enter_context(servers(tmp_path, None))
        ways = {kind: stack.enter_context(way(kind, url)) for kind, url in urls.items()}
        config = tmp_path / "triage.toml"
        config.write_text(configuration(list(ways.values()), INTERVAL_S))
        config.chmod(0o600)
        command = (PYTHON, "-m", "tests.endurance.probed", str(tmp_path / "notes"), "--config", str(config))
        one = Watched(
            stack.enter_context(Program(command, environ=clock.environ)), Notes(tmp_path / "notes"), ways
        )
        one.wait(is_live, "everything live")
        yield one


def is_live(note: Note) -> bool:
    """All targets."""
    return set(note.states.values()) == {"live"}


def is_ahead(note: Note, seconds: float) -> bool:
    """The program's own time of day is what it was set to."""
    return abs(note.wall - time.time() - seconds) < CLOSE_S


def test_ages_and_timeouts_do_not_care(watched: Watched, clock: Clock) -> None:
    clock.set(HOUR_S)
    watched.wait(lambda note: is_ahead(note, HOUR_S), "a clock an hour ahead")
    seen: set[float | None] = set()

    def looked_again(note: Note) -> bool:
        assert are_young(note), note.ages
        if is_live(note):
            seen.add(note.ages["the-postgres"])
        return len(seen) >= 3

    watched.wait(looked_again, "three more looks at what is live")
    for one in watched.ways.values():
        one.proxy.blackhole()
    # In the middle of looks that get no answer.
    clock.set(-HOUR_S)
    note = watched.wait(lambda note: is_ahead(note, -HOUR_S), "a clock an hour behind")
    assert are_young(note), note.ages
    note = watched.wait(is_silent, "silence noticed")
    assert are_young(note), note.ages
    for one in watched.ways.values():
        one.proxy.passes()
    watched.wait(is_live, "everything live again")
    watched.program.press("q")
    assert watched.program.wait_for_exit() == 0


def are_young(note: Note) -> bool:
    """Nothing is from the future, or from another hour."""
    return all(age is not None and 0 <= age < CLOSE_S for age in note.ages.values())


def is_silent(note: Note) -> bool:
    """The servers have run into their timeouts, and the host goes on."""
    silent = {name for name in note.states if name != "the-host"}
    return (
        note.problems == dict.fromkeys(silent, "timeout")
        and {note.states[name] for name in silent} == {"stale"}
        and note.states["the-host"] == "live"
    )
