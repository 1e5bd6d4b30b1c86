"""Containers without processes, for tests and measurements that need hundreds of them.

They start, stop, pause, write a line and use CPU and memory in waves, so that nothing about them stands still; their
process ids are larger than any real one.
"""

from __future__ import annotations

import asyncio
import math
import signal
import time
from collections.abc import Mapping, Sequence

import psutil

from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.runs import NO_FAREWELL, Run
from triage_tui.lab.engine.spec import HealthCheck, Port, Restart, ServiceSpec
from triage_tui.lab.engine.usage import Usage

FIRST_PID = 5_000_000
"""Linux has no more than 4,194,304 processes."""

_MIB = 1 << 20
_LIMIT = 512 * _MIB
_WAVE_S = 60.0
_SERVICES = (
    "api",
    "web",
    "worker",
    "scheduler",
    "cache",
    "search",
    "mailer",
    "importer",
    "billing",
    "gateway",
)
_STUBBORN = frozenset({signal.SIGSTOP, signal.SIGCONT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2})


class SyntheticRun:
    """What looks like a process. number: makes it different from others."""

    def __init__(self, number: int) -> None:
        self.pid = FIRST_PID + number
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.out, self.err = asyncio.StreamReader(), asyncio.StreamReader()
        self._number = number
        self._started = time.monotonic()
        self._frozen = False

    def say(self, line: str) -> None:
        """Write a line to its standard output."""
        self.out.feed_data(f"{line}\n".encode())

    def end(self, code: int) -> None:
        """It ends by itself."""
        if not self.ended.done():
            self.out.feed_eof()
            self.err.feed_eof()
            self.ended.set_result(code)

    def signal(self, number: int) -> None:
        """It ends by every signal that is not for something else."""
        if number not in _STUBBORN:
            self.end(128 + number)

    def signal_all(self, number: int) -> None:
        """The same: it has started nothing."""
        self.signal(number)

    def abandon(self) -> None:
        """Killed."""
        self.end(128 + signal.SIGKILL)

    def usage(self) -> Usage | None:
        """A wave around its own average, never less than before where it is CPU time."""
        if self.ended.done():
            return None
        elapsed = time.monotonic() - self._started
        average = (self._number * 37 % 100) / 1000
        turn = 2 * math.pi / _WAVE_S
        cpu = average * (elapsed + (1 - math.cos(turn * elapsed)) / turn)
        moved = int(elapsed * 1000) * (1 + self._number % 7)
        return Usage(
            user_ns=int(cpu * 0.8e9),
            system_ns=int(cpu * 0.2e9),
            memory_bytes=self.memory(),
            file_bytes=4 * _MIB,
            threads=1 + self._number % 23,
            read_bytes=moved * 4096,
            write_bytes=moved * 512,
        )

    def memory(self) -> int:
        """Between a fifth and four fifths of its limit."""
        wave = math.sin(2 * math.pi * (time.monotonic() / _WAVE_S + self._number / 11))
        return int(_LIMIT * (0.5 + 0.3 * wave * (1 if self._number % 3 else 0.1)))

    def kill_largest(self) -> None:
        """It is the only one."""
        self.abandon()

    def table(self) -> Sequence[psutil.Process]:
        """There are no real ones."""
        return ()


class SyntheticLauncher:
    """Starts nothing. Programs: `serve NUMBER`, which runs, and `exit CODE`, which ends at once."""

    async def launch(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        farewell: tuple[int, float] = NO_FAREWELL,
    ) -> Run:
        """Never fails."""
        program, number = argv[0], int(argv[1])
        run = SyntheticRun(number)
        if program == "exit":
            run.end(number)
        else:
            run.say(f"service {number} is ready")
        return run


def synthetic_spec(number: int) -> ServiceSpec:
    """The description of one: most are well, and of every hundred some are unhealthy, failed or restarting."""
    service = _SERVICES[number % len(_SERVICES)]
    project = f"stack{number // len(_SERVICES):02d}"
    argv = ("serve", str(number))
    restart = Restart("unless-stopped")
    health = None
    if number % 25 == 3:
        argv, restart = ("exit", "1"), Restart()
    elif number % 50 == 7:
        argv, restart = ("exit", "2"), Restart("always")
    elif number % 2 == 0:
        code = 1 if number % 20 == 6 else 0
        health = HealthCheck(("CMD", "exit", str(code)), interval_s=20.0 + number % 21, retries=1)
    return ServiceSpec(
        name=f"{project}-{service}-1",
        image=f"registry.example/{service}:1.{number % 9}",
        argv=argv,
        env={"SERVICE": service, "NUMBER": str(number)},
        project=project,
        service=service,
        ports=(Port(8000, 20_000 + number),) if number % 5 == 0 else (),
        health=health,
        restart=restart,
        memory_limit_bytes=_LIMIT if number % 3 == 0 else None,
    )


async def populate(engine: Engine, count: int) -> None:
    """Give an engine with a SyntheticLauncher so many containers; nearly all of them run, some are paused."""
    for number in range(count):
        name = engine.add(synthetic_spec(number))
        if number % 50 == 13:
            continue
        await engine.start(name)
        if number % 50 == 29:
            engine.pause(name)
