"""The real cockpit in a terminal, on real servers that fall sick at random: `python -m tests.endurance.soak`.

Rounds of sickness and of calm. While something is sick, keys are pressed, the terminal changes its size, and sometimes
nobody reads it; then everything is mended, every target has to be live again, and what the process takes is written
down. Docker takes part where an engine can be started (as root, with dockerd).

The exit code is 1 where the program crashed or raised, a target did not come back, memory grew by more than 10 %
after warming up, or file descriptors or threads did not stay flat.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.endurance.field import Way, servers, way
from tests.endurance.life import Life
from tests.endurance.notes import Notes
from tests.endurance.report import Report, table
from tests.endurance.storm import GESTURES, HOME, SIZES, fault
from tests.endurance.vital import Vital, vital
from tests.servers.docker import Engine, running_docker
from tests.terminal.program import PYTHON, Program
from tests.terminal.sequences import Modes, unlisted

RECOVERED_WITHIN_S = 60.0
"""The longest backoff (30 s), the longest look that was under way (12 s), and time for a machine that is busy."""

LEAVES_WITHIN_S = 10.0

DEFECT_WORDS = ("triage cannot show this", "triage itself failed", "triage has met a defect")
"""What the screen says where the program itself has failed."""

_CLIPBOARD = "\x1b]52;c;"
_HEAD = 8192
_KEPT = 65_536
_SAMPLE_S = 2.0


class Pace(Struct, frozen=True):
    """How long things last, in seconds: from, to.

    interval_s  of looks; warm_s: until everything that is kept is full, after a tour of all there is to see
    """

    sick_s: tuple[float, float] = (6, 25)
    calm_s: float = 5
    stall_s: tuple[float, float] = (5, 60)
    interval_s: float = 1
    warm_s: float = 420
    key_every_s: float = 0.4


LONG = Pace()


class Soak:
    """One run of the cockpit. `run` returns what was found, and never raises for what the cockpit does."""

    def __init__(self, ways: Sequence[Way], folder: Path, seed: int, pace: Pace, log: Path) -> None:
        self._ways = ways
        self._dice = random.Random(seed)
        self._pace = pace
        notes = folder / "notes"
        self._notes = Notes(notes)
        self._log = log
        self._started = time.monotonic()
        self._report = Report(seed=seed)
        self._sampled = self._started
        self._head = ""
        config = folder / "triage.toml"
        config.write_text(configuration(ways, pace.interval_s))
        config.chmod(0o600)
        command = (PYTHON, "-m", "tests.endurance.probed", str(notes), "--config", str(config))
        self._program = Program(command)

    def run(self, seconds: float) -> Report:
        """Rounds until the time is up, and the way out."""
        report = self._report
        with self._program as program:
            try:
                self._calm()
                if self._pace.warm_s:
                    self._warm_up()
                while self._passed() < seconds:
                    self._sicken()
                    self._calm()
                report.seconds = self._passed()
                program.press("q")
                report.exit_code = program.wait_for_exit(LEAVES_WITHIN_S)
                report.left_over = Modes(self._head + program.sent).left_over
                if program.termios_now != program.termios_before:
                    report.left_over.append("terminal settings")
            except AssertionError as error:
                report.seconds = self._passed()
                report.broken.append(str(error))
            finally:
                self._forget_sent()
                report.notes = self._notes.all()
        return report

    def _passed(self) -> float:
        return time.monotonic() - self._started

    def _say(self, words: str) -> None:
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{self._passed():8.1f} s  {words}\n")

    def _vital(self) -> Vital:
        connections = sum(one.proxy.connections for one in self._ways)
        self._sampled = time.monotonic()
        return vital(self._program.pid, self._passed(), connections)

    def _warm_up(self) -> None:
        """Everything that can be drawn, at every size: caches that fill late would look like growth."""
        for size in SIZES:
            self._resize(*size)
            for gesture in GESTURES:
                self._press(gesture)
        self._say("warmed up")

    # A round

    def _sicken(self) -> None:
        """Something is sick, and somebody is at the keys."""
        until = time.monotonic() + self._dice.uniform(*self._pace.sick_s)
        for one in self._dice.sample(self._ways, self._dice.randint(1, len(self._ways))):
            struck = fault(self._dice)
            self._say(f"{one.kind}: {struck.words}")
            struck.strike(one.proxy)
            self._report.faults += 1
        match self._dice.randrange(6):
            case 0:
                self._stall(self._dice.uniform(*self._pace.stall_s))
            case 1:
                self._storm_of_sizes()
            case 2 | 3:
                self._resize(*self._dice.choice(SIZES))
        while time.monotonic() < until:
            self._play()
            self._read(self._pace.key_every_s)

    def _calm(self) -> None:
        """Mend everything, go home, and write down what the process takes when it has settled."""
        for one in self._ways:
            one.proxy.passes()
        self._resize(*SIZES[0])
        self._press(HOME)
        began = time.monotonic()
        while not self._is_live(began):
            assert time.monotonic() - began < RECOVERED_WITHIN_S, (
                f"not everything is live {RECOVERED_WITHIN_S:g} s after it was mended:\n{self._program.text}"
            )
            self._read(0.1)
        self._report.recoveries_s.append(time.monotonic() - began)
        self._say(f"all live again after {self._report.recoveries_s[-1]:.1f} s")
        self._read(self._pace.calm_s)
        took = self._vital()
        self._report.calm.append(took)
        self._say(
            f"{took.uss_bytes / 2**20:.1f} MiB, {took.descriptors} descriptors, {took.threads} threads,"
            f" {took.connections} connections, {took.cpu_s:.1f} s of CPU"
        )

    def _is_live(self, since: float) -> bool:
        """Every target is live in a note that is newer than this instant."""
        note = self._notes.newest(since)
        return (
            note is not None
            and len(note.states) == len(self._ways) + 1
            and set(note.states.values()) == {"live"}
        )

    # The reader

    def _play(self) -> None:
        self._press(self._dice.choice(GESTURES))

    def _press(self, keys: Sequence[str]) -> None:
        for key in keys:
            self._program.press(key)
            self._report.keys += 1
            # An escape that other keys follow at once would be one key with them.
            self._read(0.15 if key == "\x1b" else 0.02)

    def _resize(self, columns: int, rows: int) -> None:
        if (columns, rows) != (self._program.columns, self._program.rows):
            self._say(f"the terminal has {columns}×{rows}")
            self._program.resize(columns, rows)
            self._report.resizes += 1

    def _storm_of_sizes(self) -> None:
        self._say("a hundred sizes in a second")
        for step in range(100):
            self._program.resize(60 + step % 90, 15 + step % 40)
            self._read(0.01)
        self._report.resizes += 100

    def _stall(self, seconds: float) -> None:
        self._say(f"nobody reads for {seconds:.0f} s")
        self._report.stalled_s += seconds
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.2)
            self._look_after()

    def _read(self, seconds: float) -> None:
        """Read what is sent for a while."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._program.read(min(left, 0.05))
        self._look_after()

    def _look_after(self) -> None:
        program = self._program
        assert program.code is None, f"the program has ended with {program.code}:\n{program.text}"
        text = program.text
        for words in DEFECT_WORDS:
            assert words not in text, text
        if len(program.sent) > _KEPT:
            self._forget_sent()
        if time.monotonic() - self._sampled > _SAMPLE_S:
            self._report.busy.append(self._vital())

    def _forget_sent(self) -> None:
        """Count what was sent and look through it, up to a sequence that may not be complete."""
        program = self._program
        self._head = self._head or program.sent[:_HEAD]
        whole, escape, rest = program.sent.rpartition("\x1b")
        if not rest or rest.startswith("\\"):
            # The end of a string is no beginning of anything.
            whole, opening, string = whole.rpartition("\x1b")
            escape, rest = opening, string + escape + rest
        self._report.sent_characters += len(whole)
        self._report.unlisted += [one for one in unlisted(whole) if not one.startswith(_CLIPBOARD)]
        program.sent = escape + rest


def configuration(ways: Sequence[Way], interval_s: float) -> str:
    lines = ["[environments.soak]", "discover = false"]
    for kind, url in [*((one.kind, one.url) for one in ways), ("host", None)]:
        lines += ["[[environments.soak.targets]]", f'kind = "{kind}"', f'name = "the-{kind}"']
        lines += [f"interval_s = {interval_s}", *([f'url = "{url}"'] if url else [])]
    return "\n".join(lines) + "\n"


def soak(engine: Engine | None, seconds: float, seed: int, log: Path, pace: Pace = LONG) -> Report:
    """Start the servers, soak the cockpit, and take everything away again."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="triage-soak-")))
        folder.chmod(0o755)
        urls = stack.enter_context(servers(folder, engine))
        ways = [stack.enter_context(way(kind, url)) for kind, url in urls.items()]
        life = stack.enter_context(Life(urls, engine, seed))
        report = Soak(ways, folder, seed, pace, log).run(seconds)
        if life.error is not None:
            raise life.error
        return report


@contextmanager
def _engine() -> Iterator[Engine | None]:
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        print("without Docker, which needs root and dockerd", file=sys.stderr)
        yield None
        return
    with running_docker() as engine:
        yield engine


def main() -> int:
    """Soak, print a table, and say by the exit code whether all was well."""
    parser = argparse.ArgumentParser(prog="python -m tests.endurance.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, help="the same one gives the same faults and keys")
    parser.add_argument("--log", type=Path, help="where to write down what was done, and when")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.randrange(10_000)
    log = arguments.log or Path(tempfile.gettempdir()) / f"triage-soak-{seed}.log"
    log.write_text("")
    print(f"seed {seed}, log in {log}", file=sys.stderr)
    pace = LONG
    seconds = 60 * arguments.minutes
    if seconds < 3 * pace.warm_s:
        pace = msgspec.structs.replace(pace, warm_s=seconds / 3)
    with _engine() as engine:
        report = soak(engine, seconds, seed, log, pace)
    print(table(report, pace.warm_s))
    complaints = report.complaints(pace.warm_s)
    for complaint in complaints:
        print(f"✗ {complaint}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
