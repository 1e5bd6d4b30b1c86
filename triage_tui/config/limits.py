"""Limits that findings compare with beside the signals', and where every default comes from.

`[thresholds]` of triage.toml takes both: names of signals and names of limits.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from triage_tui.config.settings import Threshold
from triage_tui.config.thresholds import DEFAULT_THRESHOLDS
from triage_tui.model.signals import SIGNALS

_NONE = Threshold()


class Limit(Struct, frozen=True):
    """A limit of something that is not followed as a signal.

    unit        as in model/signals.py
    source      why the default is what it is, in a sentence
    low_is_bad  a low value is the bad one
    """

    name: str
    unit: str
    meaning: str
    default: Threshold
    source: str
    low_is_bad: bool = False


_ALL = (
    Limit(
        "docker.restarts_recent",
        "count",
        "restarts of one container within ten minutes",
        Threshold(warning=2, critical=3),
        "A deploy restarts once; Docker doubles its pause from 0.1 s, so that a program that cannot start is"
        " restarted five times within four seconds.",
    ),
    Limit(
        "docker.ended_recently_s",
        "seconds",
        "age up to which the end of a container that was not to be restarted is told",
        Threshold(warning=86400),
        "What ended with an error more than a day ago was seen by somebody, or is missed by nobody.",
    ),
)

LIMITS: dict[str, Limit] = {limit.name: limit for limit in _ALL}
"""Every limit by its dotted name."""

_SOURCES: dict[str, str] = {
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


def default_of(name: str) -> Threshold:
    """The default of a signal or limit; one without values where there is none."""
    limit = LIMITS.get(name)
    return limit.default if limit is not None else DEFAULT_THRESHOLDS.get(name, _NONE)


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
