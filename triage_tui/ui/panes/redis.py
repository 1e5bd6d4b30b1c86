"""Redis and the queues in it: how full, how busy, and which queue is not worked off."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model import Kind, Sighting
from triage_tui.model.redis import Queue, RedisData
from triage_tui.model.signals import ratio
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance, gauge, labelled
from triage_tui.ui.palette import Tone
from triage_tui.ui.rows import Column, Row

STEADY_PER_S = 0.05
"""A slope below this is a queue that keeps its depth: less than one job in twenty seconds."""

FRAGMENTATION_WARNS_FROM = 1.5
FRAGMENTATION_COUNTS_FROM_BYTES = 50 * 2**20
"""Below 50 MiB the ratio says more about the allocator's start than about wasted memory."""


class Redis:
    """The face of a Redis server."""

    kind = Kind.REDIS
    title = "Redis and queues"
    none = "no server is watched: set REDIS_URL, or run `triage init`"
    columns = (
        Column("name", "queue", 14, flex=3, most=36),
        Column("system", "system", 8, rank=4),
        Column("waiting", "waiting", 7, align="right"),
        Column("in_flight", "busy", 6, align="right", rank=1),
        Column("oldest", "oldest", 7, align="right", rank=1),
        Column("dead", "dead", 6, align="right", rank=2),
        Column("workers", "wkrs", 4, align="right", rank=2),
        Column("trend", "trend", 12, rank=1),
        Column("history", "", 12, rank=6, flex=1, most=24, sortable=False),
        Column("delayed", "delayed", 8, align="right", rank=7),
        Column("retry", "retry", 6, align="right", rank=8),
    )

    def headline(self, glance: Glance, sighting: Sighting) -> Line:
        """`7 queues  1,204 waiting  2 growing  3 dead`."""
        data = _data(sighting)
        if data is None:
            return ()
        parts: list[Line] = []
        if data.persistence.loading:
            percent = data.persistence.loading_percent
            done = figures.percent(percent / 100 if percent is not None else None)
            parts.append((Cell(f"LOADING {done}", "warn"),))
        known = [queue.waiting for queue in data.queues if queue.waiting is not None]
        if data.queues:
            parts.append((Cell(f"{len(data.queues)} queues"),))
            parts.append((Cell(f"{figures.count(sum(known)) if known else figures.UNKNOWN} waiting"),))
        growing = sum((queue.growth_per_s or 0) > STEADY_PER_S for queue in data.queues)
        if growing:
            parts.append((Cell(f"{growing} growing", "warn"),))
        dead = _dead_in_all(data.queues)
        if dead:
            parts.append((Cell(f"{figures.count(dead)} dead", "warn"),))
        if data.queues_scan is not None and data.queues_scan < 1:
            parts.append((Cell(f"scanned {figures.percent(data.queues_scan)}", "dim"),))
        return join(parts)

    def summary(self, glance: Glance, sighting: Sighting, width: int, low: bool) -> Sequence[Line]:
        """Memory against its limit, then rates, clients and persistence."""
        data = _data(sighting)
        if data is None:
            return ()
        memory = _memory(glance, data, width)
        return (memory,) if low else (memory, _rates(glance, data))

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """One row a queue: those that grow or have nobody to work on them first, then the deepest."""
        data = _data(sighting)
        if data is None:
            return ()
        queues = sorted(data.queues, key=lambda q: (-_trouble(q), -(q.waiting or 0), q.subject))
        return [_row(glance, sighting, queue) for queue in queues]

    def subject(self, row: Row) -> str:
        """A queue is known by system, name and database."""
        return row.key

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """No queue found is not yet no queue while the search goes on."""
        data = _data(sighting)
        if data is None:
            return ""
        if data.queues_scan is not None and data.queues_scan < 1:
            return f"no queue found yet, {figures.percent(data.queues_scan)} of the keys searched"
        return "no queue of Celery, RQ, BullMQ, Sidekiq, Dramatiq, arq, Huey or Streams found"

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """One queue with all its numbers."""
        data = _data(sighting)
        queue = next((q for q in data.queues if q.subject == key), None) if data is not None else None
        if queue is None:
            return ()
        known = [
            ("queue", queue.name),
            ("system", queue.system),
            ("database", str(queue.database)),
            ("waiting", figures.count(queue.waiting)),
            (
                "in flight",
                figures.count(queue.in_flight) + (" (all queues)" if queue.in_flight_shared else ""),
            ),
            ("delayed", _set(queue, queue.delayed)),
            ("retry", _set(queue, queue.retry)),
            ("dead", _dead(queue)),
            ("oldest", _oldest(queue)),
            ("workers", figures.count(queue.workers)),
            ("trend", _trend(queue)[0]),
        ]
        if queue.paused is not None:
            known.append(("paused", "yes" if queue.paused else "no"))
        if queue.stalled is not None:
            known.append(("stalled", figures.count(queue.stalled)))
        return known


def _data(sighting: Sighting) -> RedisData | None:
    return sighting.data if isinstance(sighting.data, RedisData) else None


def _memory(glance: Glance, data: RedisData, width: int) -> Line:
    memory = data.memory
    if memory.max_bytes is None:
        limit = "no limit" if memory.used_bytes is not None else "limit unknown"
        used: Line = (Cell("mem ", "dim"), Cell(figures.size(memory.used_bytes)), Cell(f", {limit}", "dim"))
    else:
        tone = glance.tone("redis.memory_ratio", memory.ratio)
        used = (
            Cell("mem ", "dim"),
            *gauge(memory.ratio, max(8, min(24, width // 6)), tone),
            Cell(f" {figures.percent(memory.ratio)}", tone),
            Cell(f" {figures.size(memory.used_bytes)}/{figures.size(memory.max_bytes)}"),
        )
    parts: list[Line] = [used, (Cell(memory.policy or "policy unknown", "text" if memory.policy else "dim"),)]
    if memory.fragmentation is not None and (memory.used_bytes or 0) >= FRAGMENTATION_COUNTS_FROM_BYTES:
        fragmented = memory.fragmentation > FRAGMENTATION_WARNS_FROM
        parts.append(labelled("frag", f"{memory.fragmentation:.1f}", "warn" if fragmented else "text"))
    parts.append((Cell(f"v{data.version} {data.role or ''}".rstrip(), "dim"),))
    return join(parts)


def _rates(glance: Glance, data: RedisData) -> Line:
    clients = data.clients
    used = ratio(clients.connected, clients.max)
    parts: list[Line] = [
        labelled("ops", figures.rate(data.ops_per_s)),
        labelled("hit", figures.percent(data.hit_ratio)),
        (
            Cell(f"{figures.count(clients.connected)} clients", glance.tone("redis.clients_ratio", used)),
            Cell(f" ({clients.blocked} waiting)" if clients.blocked else "", "dim"),
        ),
    ]
    if data.evicted_per_s:
        parts.append((Cell(f"evicts {figures.rate(data.evicted_per_s)}", "warn"),))
    if data.rejected_per_s:
        parts.append((Cell(f"rejects {figures.rate(data.rejected_per_s)}", "bad"),))
    persistence = data.persistence
    if persistence.rdb_last_ok is False:
        parts.append((Cell("✗ RDB save failed", "bad"),))
    if persistence.aof_last_ok is False:
        parts.append((Cell("✗ AOF write failed", "bad"),))
    replication = data.replication
    if replication.link_up is False:
        parts.append((Cell("✗ master link down", "bad"),))
    elif replication.lag_s is not None:
        lag = glance.tone("redis.replication_lag_s", replication.lag_s)
        parts.append(labelled("master heard", f"{figures.age(replication.lag_s)} ago", lag))
    if replication.replicas:
        word = "replica" if replication.replicas == 1 else "replicas"
        parts.append((Cell(f"{replication.replicas} {word}", "dim"),))
    if data.slowlog:
        parts.append(labelled("slowest", f"{max(slow.took_ms for slow in data.slowlog):.0f} ms"))
    return join(parts)


def _trouble(queue: Queue) -> int:
    """How much a queue wants to be looked at: 0 nothing special."""
    waiting = queue.waiting or 0
    if waiting and queue.workers == 0:
        return 3
    if (queue.growth_per_s or 0) > STEADY_PER_S:
        return 2
    return 1 if queue.dead or queue.stalled or (queue.paused and waiting) else 0


def _trend(queue: Queue) -> tuple[str, Tone]:
    if queue.paused:
        return "‖ paused", "warn"
    if queue.waiting and queue.workers == 0:
        return "✗ no worker", "bad"
    growth = queue.growth_per_s
    if growth is None:
        return figures.UNKNOWN, "dim"
    if growth > STEADY_PER_S:
        return f"▲ {figures.rate(growth, signed=True)}", "warn"
    if growth < -STEADY_PER_S:
        return (
            f"▼ {figures.duration(queue.drain_s)} left" if queue.drain_s is not None else "▼ drains",
            "good",
        )
    return ("= steady", "text") if queue.waiting else ("○ empty", "dim")


def _oldest(queue: Queue) -> str:
    if queue.oldest_age_s is not None:
        return figures.elapsed(queue.oldest_age_s)
    if not queue.waiting:
        return figures.ABSENT if queue.waiting == 0 else figures.UNKNOWN
    # Some systems write no time into a job: how long the first one has not moved is a lower bound.
    return (
        f">{figures.elapsed(queue.head_unchanged_s)}"
        if queue.head_unchanged_s is not None
        else figures.UNKNOWN
    )


def _in_flight(queue: Queue) -> str:
    shared = queue.in_flight_shared and queue.in_flight is not None
    return figures.count(queue.in_flight) + ("*" if shared else "")


def _dead(queue: Queue) -> str:
    more = "+" if queue.dead_capped and queue.dead is not None else ""
    return f"{_set(queue, queue.dead)}{more}"


def _set(queue: Queue, jobs: int | None) -> str:
    """Jobs set aside; a star where they are those of all queues of the system together."""
    return f"{figures.count(jobs)}*" if queue.sets_shared and jobs is not None else figures.count(jobs)


def _dead_in_all(queues: Sequence[Queue]) -> int:
    """Dead jobs of all queues, those of a set that queues share counted once."""
    shared = {(queue.system, queue.database): queue.dead or 0 for queue in queues if queue.sets_shared}
    return sum(queue.dead or 0 for queue in queues if not queue.sets_shared) + sum(shared.values())


def _row(glance: Glance, sighting: Sighting, queue: Queue) -> Row:
    trend, tone = _trend(queue)
    dead = queue.dead
    return Row(
        key=queue.subject,
        cells={
            "name": Cell(queue.name, "strong" if tone in ("bad", "warn") else "text"),
            "system": Cell(queue.system, "dim"),
            "waiting": Cell(figures.count(queue.waiting), "text" if queue.waiting else "dim"),
            "in_flight": Cell(_in_flight(queue)),
            "oldest": Cell(_oldest(queue), glance.tone("queue.oldest_age_s", queue.oldest_age_s)),
            "dead": Cell(_dead(queue), glance.tone("queue.dead", dead) if dead else "dim"),
            "workers": Cell(
                figures.count(queue.workers), "bad" if queue.workers == 0 and queue.waiting else "text"
            ),
            "trend": Cell(trend, tone),
            "history": Cell(
                figures.sparkline(glance.peaks(sighting, "queue.waiting", 12, queue.subject), 12), "accent"
            ),
            "delayed": Cell(_set(queue, queue.delayed), "dim"),
            "retry": Cell(_set(queue, queue.retry), "dim"),
        },
        sort={
            "name": queue.name,
            "system": queue.system,
            "waiting": queue.waiting,
            "in_flight": queue.in_flight,
            "oldest": queue.oldest_age_s if queue.oldest_age_s is not None else queue.head_unchanged_s,
            "dead": dead,
            "workers": queue.workers,
            "trend": queue.growth_per_s,
            "delayed": queue.delayed,
            "retry": queue.retry,
        },
        words=f"{queue.name} {queue.system} {trend}".lower(),
    )
