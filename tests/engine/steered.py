"""A source whose looks a test steers, and the other things that engine tests need."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta

from triage_tui.config.secret import Secret
from triage_tui.config.settings import HttpSpec, Settings, TargetSpec
from triage_tui.model import Kind, Observation, Problem, ProblemKind, Target
from triage_tui.model.http import HttpData
from triage_tui.sources import Look
from triage_tui.sources.clock import CLOCK, Clock

REFUSED = Problem(ProblemKind.REFUSED, "connection refused", "start it")
DENIED = Problem(ProblemKind.AUTH, "wrong password", "correct it")
PATIENCE_S = 20.0

Behaviour = Callable[[Look], Awaitable[Observation]]


async def live(look: Look) -> Observation:
    return look.live(HttpData(status=200, latency_s=0.01))


async def refused(look: Look) -> Observation:
    return look.failed(REFUSED)


async def denied(look: Look) -> Observation:
    return look.failed(DENIED)


async def hang(look: Look) -> Observation:
    await asyncio.Event().wait()
    raise AssertionError("nobody sets this event")


def raising(error: BaseException) -> Behaviour:
    async def raise_it(look: Look) -> Observation:
        raise error

    return raise_it


class Steered:
    """Looks as `behaviour` says, and counts. The behaviour may be exchanged at any time, from any thread."""

    def __init__(
        self,
        name: str = "shop",
        behaviour: Behaviour = live,
        *,
        deadline_s: float = 30.0,
        clock: Clock = CLOCK,
    ) -> None:
        self.target = Target(name=name, kind=Kind.HTTP, endpoint=f"http://{name}/")
        self.deadline_s = deadline_s
        self.behaviour = behaviour
        self.begun = 0
        self.ended = 0
        self.most_in_flight = 0
        self.closed = False
        self.focused: list[tuple[str, ...]] = []
        self._clock = clock

    @property
    def in_flight(self) -> int:
        return self.begun - self.ended

    async def observe(self) -> Observation:
        self.begun += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self.behaviour(Look(self.target, self._clock))
        finally:
            self.ended += 1

    def focus(self, subjects: Collection[str]) -> None:
        self.focused.append(tuple(subjects))

    async def aclose(self) -> None:
        self.closed = True


def spec_of(name: str = "shop", interval_s: float = 0.01, url: str = "http://127.0.0.1:9/") -> HttpSpec:
    return HttpSpec(name=name, url=Secret(url), interval_s=interval_s)


def settings_of(*targets: TargetSpec, discover: bool = False) -> Settings:
    return Settings(environment="test", read_only=True, targets=targets, discover=discover)


class HandClock:
    """Instants that stand still until a test moves them."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.day = datetime(2024, 5, 1, 3, 0, tzinfo=UTC)
        self.clock = Clock(steady=lambda: self.now, wall=lambda: self.day)

    def move(self, seconds: float) -> None:
        self.now += seconds
        self.day += timedelta(seconds=seconds)


async def until(condition: Callable[[], bool], what: str) -> None:
    """Let the loop run until the condition holds; fail with `what` when it does not come about."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"did not happen within {PATIENCE_S} s: {what}"
        await asyncio.sleep(0.002)


def wait_until(condition: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Likewise in a synchronous test, while the engine's thread works."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, f"did not happen within {patience_s} s: {what}"
        time.sleep(0.005)
