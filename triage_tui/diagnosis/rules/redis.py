"""A Redis server that answers: memory, saving, clients, slow commands, replication."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Evidence, Finding, Kind, Severity
from triage_tui.model.redis import RedisData, SlowCommand
from triage_tui.model.signals import ratio
from triage_tui.text import figures

MIB = 1 << 20

NO_EVICTION = "noeviction"
FULL = 0.995
"""Share of maxmemory from which a write of any size fails: Redis counts what the write itself would need."""

FRAGMENTED_FROM_BYTES = 50 * MIB
SWAPPED_FROM_BYTES = 100 * MIB
"""Below these the ratio of resident to used memory says nothing: the program itself takes some MiB."""

SLOW_WITHIN_S = 60.0
SLOW_AT_LEAST = 2
"""Commands of one kind within a minute: a single one is an accident."""


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


def persistence_failed(scene: Scene) -> Iterator[Finding]:
    """The last background save, or the append-only file, went wrong."""
    persistence = scene.data(RedisData).persistence
    evidence = []
    if persistence.rdb_last_ok is False:
        evidence.append(scene.fact("the last background save failed (rdb_last_bgsave_status:err)"))
        evidence.append(scene.fact("writes are refused while stop-writes-on-bgsave-error is on (MISCONF)"))
    if persistence.aof_last_ok is False:
        evidence.append(scene.fact("the append-only file could not be written"))
    if not evidence:
        return
    if persistence.last_save_age_s is not None:
        evidence.append(scene.fact(f"the last good save is {figures.age(persistence.last_save_age_s)} old"))
    if persistence.changes_since_save:
        evidence.append(scene.fact(f"{figures.count(persistence.changes_since_save)} changes are not saved"))
    yield scene.finding(
        Severity.CRITICAL,
        "",
        "Redis could not save to disk",
        evidence,
        checks=[scene.deed("redis.persistence", why="whether the next save goes well")],
        quotes=[
            "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk."
        ],
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


def clients_near_limit(scene: Scene) -> Iterator[Finding]:
    """Connections against maxclients, and connections that were refused."""
    data = scene.data(RedisData)
    used = ratio(data.clients.connected, data.clients.max)
    by_ratio = scene.severity("redis.clients_ratio", used)
    by_refusal = scene.severity("redis.rejected_per_s", data.rejected_per_s)
    worst = max((one for one in (by_ratio, by_refusal) if one), key=lambda one: one.rank, default=None)
    if worst is None:
        return
    evidence = []
    if by_refusal is not None and data.rejected_per_s is not None:
        said = f"{figures.rate(data.rejected_per_s)} connections refused"
        evidence.append(scene.measured(said, "redis.rejected_per_s", data.rejected_per_s, by_refusal))
    if used is not None:
        said = f"{figures.count(data.clients.connected)} of {figures.count(data.clients.max)} connections"
        evidence.append(scene.measured(said, "redis.clients_ratio", used, by_ratio or worst))
    yield scene.finding(
        worst,
        "",
        f"{figures.count(data.clients.connected)} of {figures.count(data.clients.max)} client connections are in use",
        evidence,
        checks=[scene.deed("redis.ping", why="whether another connection is still taken")],
    )


def slow_commands(scene: Scene) -> Iterator[Finding]:
    """The slow log's entries of the last minute, by command and key."""
    data = scene.data(RedisData)
    if data.slowlog is None:
        yield from ()
        return
    now = scene.sighting.wall_at or scene.picture.wall_at
    groups: defaultdict[str, list[SlowCommand]] = defaultdict(list)
    for entry in data.slowlog:
        if entry.at and (now - datetime.fromisoformat(entry.at)).total_seconds() <= SLOW_WITHIN_S:
            groups[_what(entry.command)].append(entry)
    for what, entries in groups.items():
        longest = max(entries, key=lambda entry: entry.took_ms)
        subject = what.partition(" ")[2]
        severity = scene.severity("redis.command_s", longest.took_ms / 1000, subject)
        if severity is None or (len(entries) < SLOW_AT_LEAST and severity is not Severity.CRITICAL):
            continue
        said = f"{len(entries)} within a minute, the longest took {longest.took_ms:,.0f} ms"
        evidence = [
            scene.measured(said, "redis.command_s", longest.took_ms / 1000, severity),
            scene.fact(longest.command),
        ]
        if longest.client is not None:
            evidence.append(scene.fact(f"sent by {longest.client}"))
        yield scene.finding(
            severity,
            subject,
            f"{what} holds Redis up",
            evidence,
            checks=[scene.deed("redis.slowlog", why="how often, and by whom")],
        )


def _what(command: str) -> str:
    """The command and its first argument, mostly a key: what tells one habit from another."""
    words = command.split(maxsplit=2)
    return " ".join([words[0].upper(), *words[1:2]]) if words else ""


def replica_link_down(scene: Scene) -> Iterator[Finding]:
    """This replica has lost its master, or has not heard it for long."""
    replication = scene.data(RedisData).replication
    severity = scene.severity("redis.replication_lag_s", replication.lag_s)
    if replication.link_up is False:
        for_s = replication.lag_s
        yield scene.finding(
            Severity.CRITICAL,
            "",
            f"the link to the master {replication.master or ''} is down".replace("  ", " "),
            [
                scene.fact(
                    f"down for {figures.age(for_s)}" if for_s is not None else "master_link_status:down"
                )
            ],
            began_s=for_s,
            checks=[scene.deed("tcp.connect", replication.master or "", "whether the master can be reached")],
        )
    elif severity is not None and replication.lag_s is not None:
        heard = figures.age(replication.lag_s)
        yield scene.finding(
            severity,
            "",
            f"the master was last heard {heard} ago",
            [scene.measured(f"silent for {heard}", "redis.replication_lag_s", replication.lag_s, severity)],
        )


def loading(scene: Scene) -> Iterator[Finding]:
    """INFO answers while the data set is being read, and everything else is refused."""
    persistence = scene.data(RedisData).persistence
    if not persistence.loading:
        return
    done = (
        f"{persistence.loading_percent:.0f} % read"
        if persistence.loading_percent is not None
        else "loading:1"
    )
    left = persistence.loading_eta_s
    yield scene.finding(
        Severity.CRITICAL,
        "",
        "Redis reads its data set from disk and refuses commands",
        [scene.fact(done), *([scene.fact(f"{figures.duration(left)} left")] if left is not None else [])],
        against=["it ends by itself; a restart starts it over"],
        quotes=["LOADING Redis is loading the dataset in memory"],
    )


def read_only(scene: Scene) -> Iterator[Finding | Unclear]:
    """A replica that holds queues: whoever writes jobs here is refused."""
    data = scene.data(RedisData)
    if data.role != "slave":
        return
    if not data.queues:
        # A replica by itself is as it should be.
        yield Unclear()
        return
    yield scene.finding(
        Severity.WARNING,
        "",
        "this Redis is a replica, and there are queues in it",
        [
            scene.fact(f"role:slave of {data.replication.master or 'an unknown master'}"),
            scene.fact(f"{len(data.queues)} queues: writers get READONLY"),
        ],
        against=["the queues may be copies that the master serves"],
        quotes=["READONLY You can't write against a read only replica."],
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
        "redis.persistence-failed",
        (Kind.REDIS,),
        "The result of the last background save and of the append-only file.",
        "Writes are refused, and what is in memory is lost with the process.",
        persistence_failed,
        clear_s=0.0,
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
    Rule(
        "redis.clients-near-limit",
        (Kind.REDIS,),
        "Client connections against maxclients, and connections refused between the last two looks.",
        "At the limit whoever comes is refused, and retries.",
        clients_near_limit,
        limits=("redis.clients_ratio", "redis.rejected_per_s"),
    ),
    Rule(
        "redis.slow-commands",
        (Kind.REDIS,),
        "Entries of the slow log of the last minute, by command and key; two of a kind, or one that is critical.",
        "Redis does one thing at a time: everybody waits for it.",
        slow_commands,
        limits=("redis.command_s",),
        clear_s=0.0,
    ),
    Rule(
        "redis.replica-link-down",
        (Kind.REDIS,),
        "The state of a replica's link to its master, and when it last heard it.",
        "It serves old data, and cannot take over.",
        replica_link_down,
        limits=("redis.replication_lag_s",),
    ),
    Rule(
        "redis.loading",
        (Kind.REDIS,),
        "Whether the data set is being read from disk.",
        "Commands are refused until it has read everything.",
        loading,
        clear_s=0.0,
    ),
    Rule(
        "redis.read-only",
        (Kind.REDIS,),
        "Whether this server is a replica while queues are in it.",
        "Writers that were pointed at it are refused.",
        read_only,
    ),
)
