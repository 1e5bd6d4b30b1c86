"""One Redis server: INFO, the slow log, its clients, and the queues of the databases that are searched for them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from urllib.parse import unquote, urlsplit

from redis.exceptions import TimeoutError as RedisTimeoutError

from triage_tui.config.addresses import urls
from triage_tui.config.settings import RedisSpec
from triage_tui.model import Gap, Kind, Observation, Problem, ProblemKind, Target
from triage_tui.model.redis import CLIENTS, Queue, SlowCommand
from triage_tui.sources.clock import CLOCK, Clock
from triage_tui.sources.problems import timeout_problem
from triage_tui.sources.redis import slowlog
from triage_tui.sources.redis.info import Info, role, server_time
from triage_tui.sources.redis.parts import limits, loading_gap, redis_data, sentinel_gap
from triage_tui.sources.redis.problems import broken_problem, refusal_gap, refusal_problem
from triage_tui.sources.redis.queues.room import Room, Seen
from triage_tui.sources.redis.queues.system import Now
from triage_tui.sources.redis.rates import Sample, rates
from triage_tui.sources.redis.roll import Roll
from triage_tui.sources.redis.wire import BrokenError, Refusal, Wire, executed_by
from triage_tui.sources.source import Look
from triage_tui.sources.worker import Worker
from triage_tui.text import redact_url, safe

LOOK_TIMEOUT_S = 5.0
"""All of a look. Each answer has its own, shorter one; this bounds a server that answers everything slowly."""

DEADLINE_S = 7.0

MAX_DATABASES = 16
"""Databases that are searched, each over a connection of its own."""


class RedisSource:
    """Watches a Redis or Valkey server, or a Sentinel. Sends nothing but reads."""

    def __init__(self, spec: RedisSpec, clock: Clock = CLOCK) -> None:
        self._clock = clock
        self._resolver = Worker(f"resolve {spec.name}")
        self._malformed: str | None = None
        url, databases = "redis://", [0]
        try:
            url = urls.redis(spec.url.reveal()).url.reveal()
            databases = list(dict.fromkeys(spec.queue_databases)) or [urls.database_of(url)]
        except urls.UrlError as error:
            self._malformed = str(error)
        self._url = url
        self._chosen = bool(spec.queue_databases)
        self._user = unquote(urlsplit(url).username or "") or "default"
        self._target = Target(
            spec.name, Kind.REDIS, safe(redact_url(spec.url.reveal())), tuple(spec.depends_on)
        )
        # INFO needs no database: its wire sends no SELECT, so that a wrong number hides the queues and no more.
        self._wires = {
            number: Wire(url, number, self._resolver) for number in {0, *databases[:MAX_DATABASES]}
        }
        self._rooms = [
            Room(spec, number, self._wires[number].ask, self._user) for number in databases[:MAX_DATABASES]
        ]
        self._roll = Roll(self._wires[0].ask, spec.name, self._target.endpoint, self._user)
        self._start: Sample | None = None
        self._end: Sample | None = None
        self._slowlog: tuple[int | None, tuple[SlowCommand, ...]] | None = None

    @property
    def target(self) -> Target:
        """See Source."""
        return self._target

    @property
    def deadline_s(self) -> float:
        """See Source."""
        return DEADLINE_S

    def focus(self, subjects: Collection[str]) -> None:
        """Every queue is counted in every look; clients are listed while somebody looks at them."""
        self._roll.focus(CLIENTS in subjects)

    async def observe(self) -> Observation:
        """See Source."""
        look = Look(self._target, self._clock)
        if self._malformed is not None:
            return look.failed(
                Problem(
                    ProblemKind.MISSING,
                    f"the url {self._malformed}",
                    f"Correct the url of {safe(self._target.name)}: redis://user:password@host:6379/0",
                )
            )
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S):
                return await self._look(look)
        except BrokenError as error:
            return look.failed(await broken_problem(error, self._target.endpoint, self._url, self._user))
        except TimeoutError:
            return look.failed(timeout_problem(self._target.endpoint, LOOK_TIMEOUT_S))

    async def aclose(self) -> None:
        """See Source."""
        for room in self._rooms:
            await room.aclose()
        for wire in self._wires.values():
            await wire.close()
        self._roll.close()
        self._resolver.close()

    async def _look(self, look: Look) -> Observation:
        answer, newest = await self._wires[0].ask([("INFO",), slowlog.NEWEST])
        if isinstance(answer, Refusal) and answer.code != "NOPERM":
            return look.failed(refusal_problem(answer, self._user))
        info = Info.parse(answer if isinstance(answer, bytes | str) else None)
        sample = self._sample(info, info.get("run_id"))
        now = self._now(info)
        if self._end is not None and self._end.run_id != sample.run_id:
            for room in self._rooms:
                room.start_over()
            self._slowlog = None
            self._roll.start_over()
        entries, slow_gaps = await self._read_slowlog(newest)
        seen = await self._look_at_queues(info, now)
        clients, clients_gaps = await self._roll.look(info.whole("connected_clients"), self._clock.steady())
        gaps = [
            *([refusal_gap("info", answer, self._user)] if isinstance(answer, Refusal) else ()),
            *slow_gaps,
            *clients_gaps,
            *seen.gaps,
            *limits(info, [room.database for room in self._rooms], self._chosen),
        ]
        if isinstance(answer, Refusal) and isinstance(newest, Refusal) and not seen.queues:
            return look.failed(refusal_problem(answer, self._user))
        speed = rates(sample, self._end, self._start)
        await self._note_end(info, sample)
        return look.live(redis_data(info, now, speed, entries, seen, clients), gaps)

    def _sample(self, info: Info, run_id: str | None) -> Sample:
        return Sample.of(
            info,
            at=self._clock.steady(),
            run_id=run_id,
            executed=executed_by(self._wires.values()),
            scanned=sum(room.typed_scans for room in self._rooms),
        )

    def _now(self, info: Info) -> Now:
        server = server_time(info)
        return Now(
            server=server if server is not None else self._clock.wall().timestamp(),
            steady=self._clock.steady(),
            patterns=info.whole("pubsub_patterns"),
            blocked=info.whole("blocked_clients"),
        )

    async def _note_end(self, info: Info, start: Sample) -> None:
        """Read the statistics again, so that the next look's rates leave this one's commands out."""
        (answer,) = await self._wires[0].ask([("INFO", "stats")]) if info else (None,)
        self._start = start
        self._end = self._sample(
            Info.parse(answer if isinstance(answer, bytes | str) else None), start.run_id
        )

    async def _read_slowlog(self, newest: object) -> tuple[tuple[SlowCommand, ...] | None, list[Gap]]:
        """The log is read only when its newest entry is another: an entry may hold kilobytes of arguments."""
        if isinstance(newest, Refusal):
            return None, [refusal_gap("slowlog", newest, self._user)]
        identity = slowlog.newest_id(newest)
        if self._slowlog is None or self._slowlog[0] != identity:
            (entries,) = await self._wires[0].ask([slowlog.ENTRIES])
            self._slowlog = (identity, slowlog.parse(entries))
        return self._slowlog[1], []

    async def _look_at_queues(self, info: Info, now: Now) -> Seen:
        if role(info) == "sentinel":
            return Seen(gaps=(sentinel_gap(info),))
        if info.flag("loading"):
            return Seen(gaps=(loading_gap(info),))
        queues: list[Queue] = []
        gaps: list[Gap] = []
        scans: list[float | None] = []
        for room in self._rooms:
            try:
                seen = await room.look(now)
            except BrokenError as error:
                # A refused database or an answer that takes too long hides this database; a lost server is lost.
                if error.refusal is None and not isinstance(error.__cause__, RedisTimeoutError):
                    raise
                problem = await broken_problem(error, self._target.endpoint, self._url, self._user)
                gaps.append(Gap("queues" if room.database == 0 else f"queues.db{room.database}", problem))
                continue
            queues.extend(seen.queues)
            gaps.extend(seen.gaps)
            scans.append(seen.scan)
        known = [scan for scan in scans if scan is not None]
        return Seen(tuple(queues), tuple(gaps), min(known) if known and len(known) == len(scans) else None)
