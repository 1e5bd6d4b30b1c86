"""Memory of a Redis server: how near the limit is, and what becomes of writes and of keys at it."""

from __future__ import annotations

from collections.abc import Iterator

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.redis import Memory, RedisData
from triage_tui.text import figures

MIB = 1 << 20

NO_EVICTION = "noeviction"


def memory_near_limit(scene: Scene) -> Iterator[Finding]:
    """Memory against maxmemory, where nothing may be evicted or queues would be."""
    data = scene.data(RedisData)
    memory = data.memory
    severity = scene.severity("redis.memory_ratio", memory.ratio)
    if severity is None or memory.ratio is None or _full(scene, memory):
        return
    if memory.policy != NO_EVICTION and not data.queues:
        # A cache at its limit works as it should.
        return
    yield scene.finding(
        severity,
        "",
        f"{figures.percent(memory.ratio)} of maxmemory is used",
        _memory(scene, data, "redis.memory_ratio", severity),
        checks=[scene.deed("redis.memory", why="what takes it, and the policy")],
    )


def writes_refused(scene: Scene) -> Iterator[Finding | Unclear]:
    """The server counts refusals, or maxmemory is reached and nothing may be evicted.

    A large value is refused long before a small one: the server's own count tells of both, from 6.2 on.
    """
    data = scene.data(RedisData)
    full = data.memory.policy == NO_EVICTION and _full(scene, data.memory)
    refused = scene.severity("redis.refused_writes_per_s", data.refused_writes_per_s)
    if not full and refused is None:
        if data.refused_writes and data.refused_writes_per_s is None:
            # The first count of a server says nothing about now, where it is not zero.
            yield Unclear()
        return
    evidence = list(_refusals(scene, data, refused))
    title = "memory is used up and nothing may be evicted: writes are refused"
    if not full:
        title = "writes are refused for lack of memory, the larger ones first"
    yield scene.finding(
        Severity.CRITICAL if full or refused is None else refused,
        "",
        title,
        [*evidence, *_memory(scene, data, "redis.full_ratio" if full else "", Severity.CRITICAL)],
        against=_against(data, full=full),
        checks=[scene.deed("redis.memory", why="which keys take it")],
        quotes=["OOM command not allowed when used memory > 'maxmemory'"],
    )


def _full(scene: Scene, memory: Memory) -> bool:
    limit = scene.limit("redis.full_ratio", Severity.CRITICAL)
    return limit is not None and memory.ratio is not None and memory.ratio >= limit


def _refusals(scene: Scene, data: RedisData, severity: Severity | None) -> Iterator[Evidence]:
    per_s, total = data.refused_writes_per_s, data.refused_writes
    if severity is not None and per_s is not None:
        said = f"{per_s:.2g} commands refused with OOM each second, {total} since the count began"
        yield scene.measured(said, "redis.refused_writes_per_s", per_s, severity)


def _against(data: RedisData, *, full: bool) -> Iterator[str]:
    if full and data.refused_writes_per_s == 0:
        yield "none was refused between the last two looks: perhaps nobody wrote"


def _memory(scene: Scene, data: RedisData, limit: str, severity: Severity) -> Iterator[Evidence]:
    """limit: what the share that is used was compared with; "" where it was not."""
    memory = data.memory
    if memory.ratio is None:
        return
    said = f"{figures.size(memory.used_bytes)} of {figures.size(memory.max_bytes)} used"
    yield scene.measured(said, limit, memory.ratio, severity) if limit else scene.fact(said)
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
    if severity is not None and memory.used_bytes >= scene.scope("redis.fragmented_from_bytes"):
        said = f"{figures.size(memory.rss_bytes)} resident for {figures.size(memory.used_bytes)} used"
        yield scene.finding(
            severity,
            "",
            f"Redis holds {memory.fragmentation:.1f} times the memory that it uses",
            [scene.measured(said, "redis.fragmentation", memory.fragmentation, severity)],
            checks=[scene.deed("redis.memory", why="whether it is fragmented, or was larger before")],
        )
    elif memory.fragmentation < 1.0 and memory.used_bytes >= scene.scope("redis.swapped_from_bytes"):
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
        limits=("redis.memory_ratio", "redis.full_ratio"),
    ),
    Rule(
        "redis.writes-refused",
        (Kind.REDIS,),
        "Whether the server's count of commands refused with OOM grows (from 6.2 on), and whether maxmemory is reached"
        " while the policy is noeviction.",
        "No job is accepted, no session is kept.",
        writes_refused,
        limits=("redis.refused_writes_per_s", "redis.full_ratio"),
        # Programs that are refused try again within seconds.
        clear_s=10.0,
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
        "Resident over used memory, where enough is used; below one likewise.",
        "The host runs out of memory before Redis does.",
        fragmented,
        limits=("redis.fragmentation", "redis.fragmented_from_bytes", "redis.swapped_from_bytes"),
        hold_s=10.0,
        clear_s=10.0,
    ),
)
