"""A Redis server: saving, clients, slow commands, replication."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from triage_tui.diagnosis.rule import Rule, Scene, Unclear
from triage_tui.model import Finding, Kind, Severity
from triage_tui.model.redis import RedisData, SlowCommand
from triage_tui.model.signals import ratio
from triage_tui.text import figures


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
    """The slow log's latest entries, by command and key."""
    recent_s = scene.scope("redis.slow_recent_s")
    data = scene.data(RedisData)
    if data.slowlog is None:
        yield from ()
        return
    now = scene.sighting.wall_at or scene.picture.wall_at
    groups: defaultdict[str, list[SlowCommand]] = defaultdict(list)
    for entry in data.slowlog:
        if entry.at and (now - datetime.fromisoformat(entry.at)).total_seconds() <= recent_s:
            groups[_what(entry.command)].append(entry)
    for what, entries in groups.items():
        longest = max(entries, key=lambda entry: entry.took_ms)
        subject = what.partition(" ")[2]
        severity = scene.severity("redis.command_s", longest.took_ms / 1000, subject)
        if severity is None or (
            len(entries) < scene.scope("redis.slow_commands") and severity is not Severity.CRITICAL
        ):
            continue
        said = (
            f"{len(entries)} within {figures.duration(recent_s)}, the longest took {longest.took_ms:,.0f} ms"
        )
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
        "redis.persistence-failed",
        (Kind.REDIS,),
        "The result of the last background save and of the append-only file.",
        "Writes are refused, and what is in memory is lost with the process.",
        persistence_failed,
        clear_s=0.0,
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
        limits=("redis.command_s", "redis.slow_recent_s", "redis.slow_commands"),
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
