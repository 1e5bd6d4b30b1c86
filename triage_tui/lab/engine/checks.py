"""Keeps checking one container's health while it runs, and tells what comes of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Protocol

from triage_tui.lab.engine.health import Health, Result, command_of, run_check
from triage_tui.lab.engine.runs import Launcher
from triage_tui.lab.engine.spec import ServiceSpec


class Tell(Protocol):
    """Tells all listeners of an event, with its attributes."""

    def __call__(self, action: str, **attributes: str) -> None:
        """For one container."""


class Checks:
    """The health checks of one container; none of this does anything where its description has no health check.

    health      what is known; None before the first start
    folder      where the check runs
    started_ns  tells when the container was last started
    """

    def __init__(
        self, spec: ServiceSpec, launcher: Launcher, folder: str, tell: Tell, started_ns: Callable[[], int]
    ) -> None:
        self.health: Health | None = None
        self._spec = spec
        self._launcher = launcher
        self._folder = folder
        self._tell = tell
        self._started_ns = started_ns
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """The container has started."""
        if self._spec.health is not None:
            self.health = self.health or Health(self._spec.health)
            self.health.begin()
            self.resume()

    def resume(self) -> None:
        """Check after every interval, the first time after the first one."""
        if self.health is not None:
            self._task = asyncio.create_task(self._keep_checking(self.health))

    def stop(self) -> None:
        """It runs no more, or is paused."""
        if self._task is not None:
            self._task.cancel()
            self._ending.add(self._task)
            self._task.add_done_callback(self._ending.discard)
            self._task = None
            if self.health is not None:
                self.health.unwatched()

    async def ended(self) -> None:
        """Wait until nothing of a check that was stopped in the middle runs any more."""
        if self._ending:
            await asyncio.wait(self._ending)

    async def _keep_checking(self, health: Health) -> None:
        while True:
            await asyncio.sleep(health.check.interval_s)
            if health.note(await self._check(health), self._started_ns()):
                self._tell(f"health_status: {health.status}")

    async def _check(self, health: Health) -> Result:
        command = " ".join(command_of(health.check))
        number = secrets.token_hex(32)
        self._tell(f"exec_create: {command}", execID=number)
        self._tell(f"exec_start: {command}", execID=number)
        result = await run_check(self._launcher, self._spec, health.check, self._folder)
        self._tell("exec_die", execID=number, exitCode=str(result.code))
        return result
