"""Limits that are no grade of badness: they say what counts at all, and each has one value, its `warning`."""

from __future__ import annotations

from triage_tui.config.limit import Limit
from triage_tui.config.settings import Threshold

MIB = 1 << 20

SCOPES = (
    Limit(
        "docker.recent_s",
        "seconds",
        "age up to which a restart or a kill of a container counts as happening now",
        Threshold(warning=600),
        "The first ten minutes of an incident.",
    ),
    Limit(
        "docker.steady_s",
        "seconds",
        "run of a container that ends a loop of restarts",
        Threshold(warning=60),
        "Docker waits a minute at most before it starts a container again.",
    ),
    Limit(
        "looks.lost",
        "count",
        "looks that time out in a row, from which a target that has been seen counts as not answering",
        Threshold(warning=2),
        "One lost look is weather.",
    ),
    Limit(
        "config.drift_services",
        "count",
        "services that agree about a secret, from which a single one that differs is the wrong one",
        Threshold(warning=3),
        "Of two that differ nobody knows which is right, and one of three may be meant to differ.",
    ),
    Limit(
        "postgres.waiters",
        "count",
        "sessions that wait for one, from which that is critical however short the wait",
        Threshold(warning=3),
        "From three on it is the application that hangs, not a person.",
    ),
    Limit(
        "postgres.busy_commits_per_s",
        "per second",
        "commits of a database from which its cache is judged",
        Threshold(warning=10),
        "A ratio over the handful of reads of an idle database says nothing.",
    ),
    Limit(
        "redis.slow_recent_s",
        "seconds",
        "age up to which an entry of the slow log tells about now",
        Threshold(warning=60),
        "As for lines of logs: a program in trouble does so again within a minute.",
    ),
    Limit(
        "redis.slow_commands",
        "count",
        "slow commands of one kind that are told, where none of them is critical",
        Threshold(warning=2),
        "A single one is an accident.",
    ),
    Limit(
        "redis.fragmented_from_bytes",
        "bytes",
        "memory in use from which more resident memory is told",
        Threshold(warning=50 * MIB),
        "The program itself takes some MiB: below this the ratio says nothing.",
    ),
    Limit(
        "redis.swapped_from_bytes",
        "bytes",
        "memory in use from which less resident memory is told",
        Threshold(warning=100 * MIB),
        "The allocator gives pages back late; of a small data set a few of them are a large share.",
    ),
    Limit(
        "queue.still_s",
        "seconds",
        "time without a job taken, from which a worker that has ended is thought to be the one that is missed",
        Threshold(warning=6),
        "Three looks: a worker that lives takes a job between two of them.",
    ),
)
