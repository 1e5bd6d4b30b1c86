"""Where a signal starts to be worth a look, unless triage.toml says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from triage_tui.config.settings import Threshold
from triage_tui.model.signals import SIGNALS

DEFAULT_THRESHOLDS: dict[str, Threshold] = {
    # The kernel kills at the limit; file cache is not counted, so what is left can be used up in one allocation.
    "docker.memory_ratio": Threshold(warning=0.85, critical=0.95),
    "docker.restarts": Threshold(warning=3),
    # Above nine tenths one deploy or one retry storm takes the last slots, ours included.
    "postgres.connections_ratio": Threshold(warning=0.8, critical=0.9),
    # A lock that is held for longer than a page load is noticed by people; half a minute is an outage for them.
    "postgres.longest_wait_s": Threshold(warning=5, critical=30),
    "postgres.longest_transaction_s": Threshold(warning=300, critical=3600),
    "postgres.cache_hit_ratio": Threshold(),
    # Writes fail at the limit when nothing may be evicted; a queue fills the last tenth in minutes.
    "redis.memory_ratio": Threshold(warning=0.8, critical=0.9),
    "redis.clients_ratio": Threshold(warning=0.8, critical=0.9),
    "redis.replication_lag_s": Threshold(warning=10),
    "redis.rejected_per_s": Threshold(critical=0.001),
    "queue.dead": Threshold(warning=1),
    "queue.oldest_age_s": Threshold(warning=300, critical=1800),
    "host.cpu_percent": Threshold(warning=85, critical=95),
    "host.load_per_core": Threshold(warning=1.5, critical=4),
    "host.memory_ratio": Threshold(warning=0.85, critical=0.95),
    "host.swap_ratio": Threshold(warning=0.5, critical=0.9),
    "host.disk_ratio": Threshold(warning=0.85, critical=0.95),
    "host.inode_ratio": Threshold(warning=0.85, critical=0.95),
    "host.open_files_ratio": Threshold(warning=0.8, critical=0.95),
    "http.latency_s": Threshold(warning=1, critical=5),
    # A connection comes free within a transaction; PgBouncer's own limit for the wait, query_wait_timeout, is minutes.
    "pgbouncer.max_wait_s": Threshold(warning=1, critical=10),
    "files.age_of_max": Threshold(warning=1, critical=3),
}
"""By signal name, in the signal's own unit. Most are crossed from below; the registry says which from above."""


class Level(IntEnum):
    """How bad a reading is. UNKNOWN is not OK: nothing may be concluded from it."""

    UNKNOWN = -1
    OK = 0
    WARNING = 1
    CRITICAL = 2


def level(
    signal: str, value: float | None, thresholds: Mapping[str, Threshold] = DEFAULT_THRESHOLDS
) -> Level:
    """How bad a reading of a signal is; a threshold in `thresholds` replaces the default of the same name."""
    if value is None:
        return Level.UNKNOWN
    threshold = thresholds.get(signal) or DEFAULT_THRESHOLDS.get(signal)
    if threshold is None:
        return Level.OK
    if _crossed(signal, value, threshold.critical):
        return Level.CRITICAL
    return Level.WARNING if _crossed(signal, value, threshold.warning) else Level.OK


def _crossed(signal: str, value: float, limit: float | None) -> bool:
    if limit is None:
        return False
    known = SIGNALS.get(signal)
    return value <= limit if known is not None and known.low_is_bad else value >= limit
