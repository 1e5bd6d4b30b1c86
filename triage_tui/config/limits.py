"""Limits that findings compare with beside the signals', and where every default comes from.

`[thresholds]` of triage.toml takes both: names of signals and names of limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from triage_tui.config.limit import Limit
from triage_tui.config.scopes import SCOPES
from triage_tui.config.settings import Threshold
from triage_tui.config.thresholds import DEFAULT_THRESHOLDS
from triage_tui.model.signals import SIGNALS

_NONE = Threshold()


_ALL = (
    Limit(
        "docker.restarts_recent",
        "count",
        "restarts of one container within ten minutes",
        Threshold(warning=2, critical=3),
        "A deploy restarts once. Docker doubles its pause from 0.1 s, so that a program that cannot start is"
        " restarted five times within four seconds.",
    ),
    Limit(
        "docker.ended_recently_s",
        "seconds",
        "age up to which the end of a container is told",
        Threshold(warning=86_400),
        "What ended more than a day ago was seen by somebody, or is missed by nobody.",
    ),
    Limit(
        "docker.throttled_ratio",
        "ratio",
        "share of the CPU periods in which a container's limit held it back",
        Threshold(warning=0.25),
        "A quarter of the periods is where the kubernetes-mixin's CPUThrottlingHigh begins.",
    ),
    Limit(
        "postgres.idle_in_transaction_s",
        "seconds",
        "time for which a client has done nothing in an open transaction",
        Threshold(warning=10, critical=300),
        "A program asks again within milliseconds; ten seconds are a person, or a call to another service in the"
        " middle of a transaction.",
    ),
    Limit(
        "postgres.query_s",
        "seconds",
        "time for which one statement has run",
        Threshold(warning=60, critical=900),
        "Nobody waits for a page for a minute; reports are best run elsewhere.",
    ),
    Limit(
        "postgres.statement_s",
        "seconds",
        "average time of a statement that runs now",
        Threshold(warning=0.5),
        "Half a second in one statement is half of what people take for prompt.",
    ),
    Limit(
        "postgres.replication_lag_s",
        "seconds",
        "time that a standby is behind",
        Threshold(warning=10, critical=120),
        "Standbys report once a second (wal_receiver_status_interval 10 s at most).",
    ),
    Limit(
        "postgres.slot_kept_bytes",
        "bytes",
        "write-ahead log that an unused slot keeps",
        Threshold(warning=1, critical=10 << 30),
        "It grows until the disk is full; ten GiB are the default of ten max_wal_size.",
    ),
    Limit(
        "postgres.frozen_xid_age",
        "count",
        "age of a database's oldest transaction id",
        Threshold(warning=500_000_000, critical=1_600_000_000),
        "Autovacuum is forced at 200 million (autovacuum_freeze_max_age), so 500 million say that it does not get"
        " through; at 1.6 billion it drops all restraint (vacuum_failsafe_age).",
    ),
    Limit(
        "postgres.busy_cache_hit_ratio",
        "ratio",
        "share of reads found in shared buffers by a database that has work to do",
        Threshold(warning=0.8),
        "Databases that fit their cache are above 0.99; below 0.8 every fifth block is asked of the kernel.",
        low_is_bad=True,
    ),
    Limit(
        "postgres.temp_bytes_per_s",
        "per second",
        "bytes of temporary files written each second",
        Threshold(warning=20 << 20),
        "Five times work_mem's default each second is no single sort any more.",
    ),
    Limit(
        "redis.full_ratio",
        "ratio",
        "share of maxmemory that is used, from which a write of any size is refused",
        Threshold(critical=0.995),
        "Redis frees memory before a write, and refuses it above the limit; what clients' buffers take goes up and down"
        " by less than half a per cent.",
    ),
    Limit(
        "redis.command_s",
        "seconds",
        "time of one command",
        Threshold(warning=0.02, critical=1.0),
        "slowlog-log-slower-than is 10 ms; twice that is no noise, and a second is an outage for everybody else.",
    ),
    Limit(
        "logs.recent_s",
        "seconds",
        "age up to which a line of a log tells about now",
        Threshold(warning=60),
        "A program in trouble says so again within a minute, by its next request or its next try.",
    ),
    Limit(
        "logs.sensitive_lines",
        "count",
        "times that personal data or secrets stood in the log of one container",
        Threshold(warning=3),
        "One may be an error message that quotes a value; payloads that are logged come with every request.",
    ),
    Limit(
        "logs.sensitive_recent_s",
        "seconds",
        "age up to which such a line is told",
        Threshold(warning=60),
        "As for errors; where requests are rarer than one a minute, give it the time between two of them.",
    ),
    Limit(
        "queue.backlog",
        "count",
        "jobs that wait, from which growth counts",
        Threshold(warning=50),
        "Bursts of some ten jobs are everyday life.",
    ),
    Limit(
        "queue.unmoved_s",
        "seconds",
        "time for which the job at the head has been the same one",
        Threshold(warning=30, critical=600),
        "Where jobs wait, somebody takes one within seconds; half a minute is one long job for one worker, or none.",
    ),
)

LIMITS: dict[str, Limit] = {limit.name: limit for limit in (*_ALL, *SCOPES)}
"""Every limit by its dotted name."""

_FOR_FINDINGS: dict[str, Threshold] = {
    "postgres.deadlocks_per_s": Threshold(warning=0.000_1),
    "postgres.replication_lag_bytes": Threshold(warning=100 << 20, critical=1 << 30),
    "redis.evicted_per_s": Threshold(warning=0.001),
    "redis.refused_writes_per_s": Threshold(critical=0.001),
    "redis.fragmentation": Threshold(warning=1.5),
    "queue.growth_per_s": Threshold(warning=0.5),
    "http.tls_expires_in_s": Threshold(warning=14 * 86_400, critical=3 * 86_400),
}
"""Of signals that are no worse than others on a screen, and that rules compare with something else beside them."""

_SOURCES: dict[str, str] = {
    "postgres.deadlocks_per_s": "Any: in each, one of the statements fails.",
    "postgres.replication_lag_bytes": "Six segments of write-ahead log are a burst; a GiB is a standby that does not"
    " follow.",
    "redis.evicted_per_s": "Any: what is evicted is gone.",
    "redis.refused_writes_per_s": "Any: what was refused is not stored.",
    "redis.fragmentation": "Redis' own MEMORY DOCTOR speaks of high fragmentation above 1.4.",
    "http.tls_expires_in_s": "ACME clients renew a month before the end; two weeks are left when that has failed for a"
    " while, three days are a weekend.",
    "pgbouncer.max_wait_s": "Connections come free within a transaction, which takes milliseconds; ten seconds are"
    " longer than most clients wait.",
    "files.age_of_max": "One is the age that the target itself allows; at three times that, three runs have failed.",
    "queue.growth_per_s": "Thirty jobs a minute more than are worked off.",
    "docker.memory_ratio": "The kernel kills at the limit, and file cache is not counted: what is left can be used"
    " up by one request.",
    "docker.restarts": "A deploy restarts once; three times is a habit.",
    "postgres.connections_ratio": "Above nine tenths one deploy or one storm of retries takes the last slots,"
    " ours included.",
    "postgres.longest_wait_s": "A lock held for longer than a page load is noticed by people; half a minute is an"
    " outage for them.",
    "postgres.longest_transaction_s": "Vacuum removes nothing that the oldest transaction may still see; after an"
    " hour tables bloat for good.",
    "postgres.cache_hit_ratio": "No default: it depends on the work that is done.",
    "redis.memory_ratio": "Writes fail at the limit where nothing may be evicted; a queue fills the last tenth in"
    " minutes.",
    "redis.clients_ratio": "At maxclients new connections are refused, and a restart of one service doubles its"
    " connections for a moment.",
    "redis.replication_lag_s": "Redis pings its replicas every ten seconds (repl-ping-replica-period).",
    "redis.rejected_per_s": "Every refused connection is a request that failed.",
    "queue.dead": "A job that failed for good is work that is not done.",
    "queue.oldest_age_s": "People wait for five minutes before they ask, and not for half an hour.",
    "host.cpu_percent": "Above 85 % queues build up in front of the processors.",
    "host.load_per_core": "More runnable or blocked tasks than cores; four for each is a host that answers late.",
    "host.memory_ratio": "Below 5 % available memory Linux drops caches that it needs at once again, then kills.",
    "host.swap_ratio": "Swap that fills up ends in the kernel's killer.",
    "host.disk_ratio": "ext4 keeps 5 % for root; databases stop writing when the rest is used up.",
    "host.inode_ratio": "Without inodes no file can be made, however much room there is.",
    "host.open_files_ratio": "At fs.file-max every open() of an ordinary user fails.",
    "http.latency_s": "People feel one second, and leave after five (Nielsen's limits: 1 s for flow, 10 s for"
    " attention).",
}


class Bound(NamedTuple):
    """A threshold with the direction in which it is crossed."""

    warning: float | None
    critical: float | None
    low_is_bad: bool


def bounds(given: Mapping[str, Threshold]) -> dict[str, Bound]:
    """All thresholds there are, for whoever compares thousands of values with them."""
    names = {*DEFAULT_THRESHOLDS, *_FOR_FINDINGS, *LIMITS, *given}
    found = {name: threshold_of(name, given) for name in names}
    return {name: Bound(one.warning, one.critical, low_is_bad(name)) for name, one in found.items()}


def default_of(name: str) -> Threshold:
    """The default of a signal or limit; one without values where there is none."""
    limit = LIMITS.get(name)
    if limit is not None:
        return limit.default
    return DEFAULT_THRESHOLDS.get(name) or _FOR_FINDINGS.get(name, _NONE)


def threshold_of(name: str, given: Mapping[str, Threshold]) -> Threshold:
    """What holds for a signal or limit: what triage.toml gives, else the default."""
    found = given.get(name)
    return found if found is not None else default_of(name)


def source_of(name: str) -> str:
    """Where the default comes from; "" where there is none."""
    limit = LIMITS.get(name)
    return limit.source if limit is not None else _SOURCES.get(name, "")


def meaning_of(name: str) -> str:
    """What a signal or limit is. Raises KeyError for a name that is neither."""
    limit = LIMITS.get(name)
    return limit.meaning if limit is not None else SIGNALS[name].meaning


def unit_of(name: str) -> str:
    """The unit of a signal or limit. Raises KeyError for a name that is neither."""
    limit = LIMITS.get(name)
    return limit.unit if limit is not None else SIGNALS[name].unit


def low_is_bad(name: str) -> bool:
    """A low value is the bad one."""
    limit = LIMITS.get(name)
    return limit.low_is_bad if limit is not None else name in SIGNALS and SIGNALS[name].low_is_bad
