"""All queues in one database: which systems are looked for, when, and what one look makes of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from triage_tui.config.settings import RedisSpec
from triage_tui.model import Gap, Problem, ProblemKind
from triage_tui.model.redis import Queue
from triage_tui.sources.redis.problems import refusal_gap
from triage_tui.sources.redis.queues.arq import Arq
from triage_tui.sources.redis.queues.bullmq import BullMq
from triage_tui.sources.redis.queues.celery import Celery
from triage_tui.sources.redis.queues.dramatiq import Dramatiq
from triage_tui.sources.redis.queues.huey import Huey
from triage_tui.sources.redis.queues.rq import Rq
from triage_tui.sources.redis.queues.sidekiq import Sidekiq
from triage_tui.sources.redis.queues.steps import Ask, run
from triage_tui.sources.redis.queues.streams import Streams
from triage_tui.sources.redis.queues.sweep import Sweep
from triage_tui.sources.redis.queues.system import Counted, Now, System
from triage_tui.sources.redis.queues.trend import Trends
from triage_tui.sources.redis.wire import Refusal

REGISTER_EVERY_S = 10.0
"""How often the registries are read again: a new queue shows within this time."""

FIRST_SWEEP_S = 0.5
"""How long the first look waits for the sweep, so that the queues of a small database show at once."""

LEASE_S = 60.0
"""A sweep goes on between looks for this long; with no look for longer nobody is interested any more."""

MAX_QUEUES = 400
"""Queues counted in one look, over all systems."""


class Seen(Struct, frozen=True):
    """The queues of one database, and what is missing from them. scan: see RedisData.queues_scan."""

    queues: tuple[Queue, ...] = ()
    gaps: tuple[Gap, ...] = ()
    scan: float | None = None


class Room:
    """Reads one database's queues, look after look.

    ask   one round trip to this database
    user  who we are there, for the rules in gaps
    """

    def __init__(self, spec: RedisSpec, database: int, ask: Ask, user: str) -> None:
        self.database = database
        self._ask = ask
        self._user = user
        streams = Streams(database) if spec.streams else None
        self._systems: tuple[System, ...] = (
            Celery(database, spec.celery_prefix, spec.celery_separator, spec.celery_priorities),
            Rq(database, spec.rq_prefix),
            BullMq(database, spec.bullmq_prefix),
            Sidekiq(database, spec.sidekiq_namespace),
            Dramatiq(database, spec.dramatiq_namespace),
            Arq(database),
            Huey(database),
            *((streams,) if streams is not None else ()),
        )
        self._trends = Trends()
        self._sweep = Sweep(ask, self._notice, streams.notice_stream if streams else None, self._swept)
        self._task: asyncio.Task[None] | None = None
        self._lease_until = 0.0
        self._registered_at: float | None = None
        self._unregistered: tuple[tuple[str, Refusal], ...] = ()

    @property
    def typed_scans(self) -> int:
        """Calls of SCAN with a TYPE so far."""
        return self._sweep.typed_calls

    async def look(self, now: Now) -> Seen:
        """Count every queue that is known. Raises BrokenError."""
        first = self._registered_at is None
        self._go_on_sweeping()
        if first and self._task is not None:
            await asyncio.wait({self._task}, timeout=FIRST_SWEEP_S)
        if self._registered_at is None or now.steady - self._registered_at >= REGISTER_EVERY_S:
            refused = await run([system.register() for system in self._systems], self._ask)
            self._unregistered = tuple(
                (system.name, refusal)
                for system, refusals in zip(self._systems, refused, strict=True)
                for refusal in refusals
            )
            self._registered_at = now.steady
        readers = [reader for system in self._systems for reader in system.readers(now)]
        counted = await run(readers[:MAX_QUEUES], self._ask)
        return Seen(
            tuple(self._with_trends(counted, now)),
            (*self._gaps(counted), *self._left_out(len(readers))),
            self._sweep.progress,
        )

    def start_over(self) -> None:
        """Another server, or the same one anew, answers from now on."""
        self._sweep.start_over()
        self._registered_at = None

    async def aclose(self) -> None:
        """End the sweep."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def _go_on_sweeping(self) -> None:
        loop = asyncio.get_running_loop()
        self._lease_until = loop.time() + LEASE_S
        if self._task is not None and self._task.done():
            # It returns nothing, and raises nothing but a defect of ours.
            self._task.result()
        if (self._task is None or self._task.done()) and self._sweep.due(loop.time()):
            self._task = loop.create_task(self._sweep.run(lambda: loop.time() < self._lease_until))

    def _notice(self, key: bytes) -> None:
        for system in self._systems:
            system.notice(key)

    def _swept(self) -> None:
        for system in self._systems:
            system.swept()
        # What the sweep has found (tables of bindings, sorted sets) is looked into at the next look.
        self._registered_at = None

    def _with_trends(self, counted: Sequence[Counted], now: Now) -> Iterable[Queue]:
        self._trends.keep({one.queue.subject for one in counted})
        for one in counted:
            slope = self._trends.add(one.queue.subject, now.steady, one.queue.waiting)
            yield replace(one.queue, growth_per_s=slope.growth_per_s, drain_s=slope.drain_s)

    def _gaps(self, counted: Sequence[Counted]) -> Iterable[Gap]:
        """One gap for each thing that was refused, however many queues it is missing from."""
        where: dict[Refusal, dict[str, str]] = {}
        for one in counted:
            for refusal in one.refusals:
                where.setdefault(refusal, {})[one.queue.system] = one.keys
        for system, refusal in self._unregistered:
            where.setdefault(refusal, {}).setdefault(system, "")
        for refusal, systems in where.items():
            part = f"queues.{next(iter(systems))}" if len(systems) == 1 else "queues"
            keys = [pattern for pattern in systems.values() if pattern]
            yield refusal_gap(part, refusal, self._user, " ~".join(dict.fromkeys(keys)) or None)
        if self._sweep.refusal is not None and self._sweep.refusal not in where:
            yield refusal_gap("queues.scan", self._sweep.refusal, self._user)

    def _left_out(self, readers: int) -> Iterable[Gap]:
        left_out = max(0, readers - MAX_QUEUES) + sum(system.beyond for system in self._systems)
        if left_out:
            yield Gap(
                "queues.more",
                Problem(
                    ProblemKind.MISSING,
                    f"{left_out} more queues were found and are not counted",
                    f"At most {MAX_QUEUES} are counted in one look; watch fewer prefixes or databases per target.",
                ),
            )
