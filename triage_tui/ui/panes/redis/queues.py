"""The queues in a Redis server: which of them is not worked off."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.model import Kind, Sighting
from triage_tui.model.redis import Queue
from triage_tui.text import figures
from triage_tui.ui.cells import Cell, Line, join
from triage_tui.ui.glance import Glance
from triage_tui.ui.palette import Tone
from triage_tui.ui.panes.redis.summary import data_of, memory, rates
from triage_tui.ui.rows import Column, Row

STEADY_PER_S = 0.05
"""A slope below this is a queue that keeps its depth: less than one job in twenty seconds."""


class Redis:
    """The face of a Redis server with its queues."""

    kind = Kind.REDIS
    title = "Redis and queues"
    none = "no server is watched: set REDIS_URL, or run `triage init`"
    whole = ""
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
        data = data_of(sighting)
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
        data = data_of(sighting)
        if data is None:
            return ()
        used = memory(glance, data, width)
        return (used,) if low else (used, rates(glance, data))

    def rows(self, glance: Glance, sighting: Sighting) -> Sequence[Row]:
        """One row a queue: those that grow or have nobody to work on them first, then the deepest."""
        data = data_of(sighting)
        if data is None:
            return ()
        queues = sorted(data.queues, key=lambda q: (-_trouble(q), -(q.waiting or 0), q.subject))
        return [_row(glance, sighting, queue) for queue in queues]

    def subject(self, row: Row) -> str:
        """A queue is known by system, name and database."""
        return row.key

    def empty(self, glance: Glance, sighting: Sighting) -> str:
        """No queue found is not yet no queue while the search goes on."""
        data = data_of(sighting)
        if data is None:
            return ""
        if data.queues_scan is not None and data.queues_scan < 1:
            return f"no queue found yet, {figures.percent(data.queues_scan)} of the keys searched"
        return "no queue of Celery, RQ, BullMQ, Sidekiq, Dramatiq, arq, Huey or Streams found"

    def details(self, glance: Glance, sighting: Sighting, key: str) -> Sequence[tuple[str, str]]:
        """One queue with all its numbers."""
        data = data_of(sighting)
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
