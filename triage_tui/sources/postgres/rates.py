"""Counters of two looks made into rates."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.model.postgres import Database

SHORTEST_INTERVAL_S = 0.2
"""Two looks closer than this say nothing: the server publishes its counters about once a second."""


class Counters(Struct, frozen=True):
    """What pg_stat_database counts for one database since its statistics were reset.

    read_at_s  the server's clock, seconds
    """

    read_at_s: float
    connections: int
    commits: int
    rollbacks: int
    blocks_fetched: int
    blocks_hit: int
    temp_bytes: int
    deadlocks: int


def too_soon(base: Counters, current: Counters) -> bool:
    """No rate can be told yet, but the base is good for a later look. A clock set back makes it worthless."""
    return 0 <= current.read_at_s - base.read_at_s < SHORTEST_INTERVAL_S


def database_rates(name: str, previous: Counters | None, current: Counters, **known: int | None) -> Database:
    """One database's figures. Rates are None without a previous look, or when the statistics were reset since.

    cache_hit_ratio = blocks hit / blocks fetched between the two looks, None where none were fetched.
    """
    elapsed = current.read_at_s - previous.read_at_s if previous is not None else 0.0
    if previous is None or elapsed < SHORTEST_INTERVAL_S or _was_reset(previous, current):
        return Database(name=name, connections=current.connections, deadlocks=current.deadlocks, **known)
    fetched = current.blocks_fetched - previous.blocks_fetched
    return Database(
        name=name,
        connections=current.connections,
        commits_per_s=(current.commits - previous.commits) / elapsed,
        rollbacks_per_s=(current.rollbacks - previous.rollbacks) / elapsed,
        cache_hit_ratio=(current.blocks_hit - previous.blocks_hit) / fetched if fetched else None,
        temp_bytes_per_s=(current.temp_bytes - previous.temp_bytes) / elapsed,
        deadlocks=current.deadlocks,
        deadlocks_per_s=(current.deadlocks - previous.deadlocks) / elapsed,
        **known,
    )


def _was_reset(previous: Counters, current: Counters) -> bool:
    """A counter went backwards: the statistics were reset, or lost in a crash."""
    return any(
        getattr(current, name) < getattr(previous, name)
        for name in ("commits", "rollbacks", "blocks_fetched", "blocks_hit", "temp_bytes", "deadlocks")
    )
