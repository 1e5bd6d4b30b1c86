"""Health checks: a program that is run beside a container again and again, and what its answers make of its health."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from msgspec import Struct

from triage_tui.lab.engine.runs import Launcher, LaunchError, Run
from triage_tui.lab.engine.spec import HealthCheck, ServiceSpec

LOG = 5
"""Results kept, as in Docker."""

LONGEST_OUTPUT = 4096
_KILL_S = 5.0


class Result(Struct, frozen=True):
    """One check. code: 0 is healthy; -1 where it could not run, or not in time."""

    start_ns: int
    end_ns: int
    code: int
    output: str


class Health:
    """What is known of one container's health.

    status  starting, healthy or unhealthy
    streak  failures in a row
    """

    def __init__(self, check: HealthCheck) -> None:
        self.check = check
        self.status = "starting"
        self.streak = 0
        self.log: deque[Result] = deque(maxlen=LOG)

    def note(self, result: Result, started_ns: int) -> bool:
        """Take a result into account, by Docker's rules. Returns whether the status changed.

        started_ns: when the container was started
        """
        before = self.status
        self.log.append(result)
        if result.code == 0:
            self.streak, self.status = 0, "healthy"
        else:
            early = result.start_ns - started_ns < self.check.start_period_s * 1e9
            if self.status != "starting" or not early:
                self.streak += 1
            if self.streak >= self.check.retries:
                self.status = "unhealthy"
        return self.status != before

    def begin(self) -> None:
        """The container has started."""
        self.status, self.streak = "starting", 0

    def unwatched(self) -> None:
        """Nobody checks any more: the container was stopped or paused, which Docker calls unhealthy."""
        self.status = "unhealthy"


def command_of(check: HealthCheck) -> tuple[str, ...]:
    """The program and its arguments."""
    kind, *rest = check.test
    return ("/bin/sh", "-c", *rest) if kind == "CMD-SHELL" else tuple(rest)


async def run_check(launcher: Launcher, spec: ServiceSpec, check: HealthCheck, folder: str) -> Result:
    """Run the program once, within its time."""
    start_ns = time.time_ns()
    try:
        run = await launcher.launch(command_of(check), spec.environment, folder)
    except LaunchError as error:
        said = f"OCI runtime exec failed: exec failed: unable to start container process: {error}: unknown"
        return Result(start_ns, time.time_ns(), -1, said)
    output = bytearray()
    reading = asyncio.gather(*(_collect(reader, output) for reader in (run.out, run.err)))
    try:
        async with asyncio.timeout(check.timeout_s):
            code = await asyncio.shield(run.ended)
            await reading
    except TimeoutError:
        said = f"Health check exceeded timeout ({_duration(check.timeout_s)})"
        return Result(start_ns, time.time_ns(), -1, said)
    finally:
        await _end(run)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    shown = bytes(output[:LONGEST_OUTPUT]).decode(errors="replace")
    return Result(start_ns, time.time_ns(), code, shown + ("..." if len(output) > LONGEST_OUTPUT else ""))


async def _end(run: Run) -> None:
    run.abandon()
    try:
        async with asyncio.timeout(_KILL_S):
            await asyncio.shield(run.ended)
    except TimeoutError:
        return


async def _collect(reader: asyncio.StreamReader, output: bytearray) -> None:
    while chunk := await reader.read(LONGEST_OUTPUT):
        if len(output) <= LONGEST_OUTPUT:
            output += chunk


def _duration(seconds: float) -> str:
    """As Go writes it: 500ms, 1.5s, 30s, 1m30s."""
    if seconds < 1:
        return f"{seconds * 1000:g}ms"
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}m{rest:g}s" if minutes else f"{rest:g}s"
