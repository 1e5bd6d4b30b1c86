"""Memory of a Redis server: how near the limit is, and what becomes of writes and of keys at it."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.redis import RedisData
from triage_tui.text import figures

MIB = 1 << 20

NO_EVICTION = "noeviction"
FULL = 0.995
"""Share of maxmemory from which a write of any size fails: Redis counts what the write itself would need."""

FRAGMENTED_FROM_BYTES = 50 * MIB
SWAPPED_FROM_BYTES = 100 * MIB
"""Below these the ratio of resident to used memory says nothing: the program itself takes some MiB."""


def memory_near_limit(scene: Scene) -> Iterator[Finding]:
    """Memory against maxmemory, where nothing may be evicted or queues would be."""
    data = scene.data(RedisData)
    memory = data.memory
    severity = scene.severity("redis.memory_ratio", memory.ratio)
    if severity is None or memory.ratio is None or memory.ratio >= FULL:
        return
    if memory.policy != NO_EVICTION and not data.queues:
        # A cache at its limit works as it should.
        return
    yield scene.finding(
        severity,
        "",
        f"{figures.percent(memory.ratio)} of maxmemory is used",
        _memory(scene, data, severity),
        checks=[scene.deed("redis.memory", why="what takes it, and the policy")],
    )


def writes_refused(scene: Scene) -> Iterator[Finding]:
    """maxmemory is reached and nothing may be evicted."""
    data = scene.data(RedisData)
    full = data.memory.ratio
    if full is None or data.memory.policy != NO_EVICTION or full < FULL:
        return
    yield scene.finding(
        Severity.CRITICAL,
        "",
        "memory is used up and nothing may be evicted: writes are refused",
        _memory(scene, data, Severity.CRITICAL),
        checks=[scene.deed("redis.memory", why="which keys take it")],
        quotes=["OOM command not allowed when used memory > 'maxmemory'"],
    )


def _memory(scene: Scene, data: RedisData, severity: Severity) -> Iterator[Evidence]:
    memory = data.memory
    if memory.ratio is None:
        return
    yield scene.measured(
        f"{figures.size(memory.used_bytes)} of {figures.size(memory.max_bytes)} used",
        "redis.memory_ratio",
        memory.ratio,
        severity,
    )
    if memory.policy is not None:
        yield scene.fact(f"maxmemory-policy is {memory.policy}")
    before = scene.picture.values(scene.target, "redis.memory_bytes")
    if memory.used_bytes is not None and before and memory.used_bytes - before[0] > MIB:
        yield scene.fact(f"{figures.size(memory.used_bytes - before[0])} more since this is watched")


def evicting(scene: Scene) -> Iterator[Finding]:
    """Keys are evicted now. For queues that is loss."""
    data = scene.data(RedisData)
    severity = scene.severity("redis.evicted_per_s", data.evicted_per_s)
    if severity is None or data.evicted_per_s is None:
        return
    evidence = [
        scene.measured(
            f"{figures.rate(data.evicted_per_s)} keys evicted",
            "redis.evicted_per_s",
            data.evicted_per_s,
            severity,
        )
    ]
    if data.memory.policy is not None:
        evidence.append(scene.fact(f"maxmemory-policy is {data.memory.policy}"))
    against = []
    if data.queues:
        severity = Severity.CRITICAL
        evidence.append(scene.fact(f"{len(data.queues)} queues are in it, and jobs may be evicted"))
    elif data.hit_ratio is not None:
        against.append(f"{figures.percent(data.hit_ratio)} of look-ups still find their key")
    yield scene.finding(
        severity,
        "",
        "Redis throws keys away to make room",
        evidence,
        against=against,
        checks=[scene.deed("redis.memory", why="what takes the room")],
    )


def fragmented(scene: Scene) -> Iterator[Finding]:
    """Resident memory over used memory, where used memory is large enough for that to say something."""
    memory = scene.data(RedisData).memory
    if memory.fragmentation is None or memory.used_bytes is None:
        yield from ()
        return
    severity = scene.severity("redis.fragmentation", memory.fragmentation)
    if severity is not None and memory.used_bytes >= FRAGMENTED_FROM_BYTES:
        said = f"{figures.size(memory.rss_bytes)} resident for {figures.size(memory.used_bytes)} used"
        yield scene.finding(
            severity,
            "",
            f"Redis holds {memory.fragmentation:.1f} times the memory that it uses",
            [scene.measured(said, "redis.fragmentation", memory.fragmentation, severity)],
            checks=[scene.deed("redis.memory", why="whether it is fragmented, or was larger before")],
        )
    elif memory.fragmentation < 1.0 and memory.used_bytes >= SWAPPED_FROM_BYTES:
        said = f"{figures.size(memory.rss_bytes)} resident of {figures.size(memory.used_bytes)} used"
        yield scene.finding(
            Severity.WARNING,
            "",
            "part of Redis' memory is not resident: it was swapped out",
            [scene.fact(said)],
            checks=[scene.deed("redis.memory", why="how much")],
        )


RULES = (
    Rule(
        "redis.memory-near-limit",
        (Kind.REDIS,),
        "Used memory against maxmemory, where the policy is noeviction or queues are in it.",
        "At the limit writes are refused, or jobs are evicted.",
        memory_near_limit,
        limits=("redis.memory_ratio",),
    ),
    Rule(
        "redis.writes-refused",
        (Kind.REDIS,),
        "Whether maxmemory is reached (99.5 %) while the policy is noeviction.",
        "No job is accepted, no session is kept.",
        writes_refused,
        limits=("redis.memory_ratio",),
        clear_s=2.0,
    ),
    Rule(
        "redis.evicting",
        (Kind.REDIS,),
        "Keys evicted between the last two looks, and whether queues are in the same server.",
        "What is evicted is gone; a broker loses jobs.",
        evicting,
        limits=("redis.evicted_per_s",),
        clear_s=30.0,
    ),
    Rule(
        "redis.fragmented",
        (Kind.REDIS,),
        "Resident over used memory, from 50 MiB used on; below one from 100 MiB on.",
        "The host runs out of memory before Redis does.",
        fragmented,
        limits=("redis.fragmentation",),
        hold_s=10.0,
        clear_s=10.0,
    ),
)
