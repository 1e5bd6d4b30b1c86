"""Rates between two looks, without what the looks themselves cause.

Every read of a queue is a command, and a hit or a miss in the server's statistics. So each look reads the
statistics twice: first of all, and last of all. Rates span from the end of one look to the start of the next.
"""

from __future__ import annotations

from msgspec import Struct

from triage_tui.sources.redis.info import Info, refused_writes


class Sample(Struct, frozen=True):
    """INFO stats at one instant.

    at        steady seconds
    run_id    changes when the server is started anew
    executed  commands that were ours, of all that the server had counted
    scanned   calls of SCAN with a TYPE that were ours: up to 7.0 they count as hits
    """

    at: float
    run_id: str | None
    executed: int
    scanned: int
    commands: int | None
    hits: int | None
    misses: int | None
    evicted: int | None
    rejected: int | None
    refused_writes: int | None

    @classmethod
    def of(cls, info: Info, *, at: float, run_id: str | None, executed: int, scanned: int) -> Sample:
        """Take the statistics out of INFO."""
        return cls(
            at=at,
            run_id=run_id,
            executed=executed,
            scanned=scanned,
            commands=info.whole("total_commands_processed"),
            hits=info.whole("keyspace_hits"),
            misses=info.whole("keyspace_misses"),
            evicted=info.whole("evicted_keys"),
            rejected=info.whole("rejected_connections"),
            refused_writes=refused_writes(info),
        )


class Rates(Struct, frozen=True):
    """See model.redis.RedisData. None where there is no earlier sample of the same server, or nothing to divide by."""

    ops_per_s: float | None = None
    hit_ratio: float | None = None
    evicted_per_s: float | None = None
    rejected_per_s: float | None = None
    refused_writes_per_s: float | None = None


def rates(now: Sample, end: Sample | None, start: Sample | None) -> Rates:
    """From the end of the last look, and (evictions, rejections, refusals) from its start, to the start of this one.

    end    the last look's second sample; None on the first look
    start  the last look's first sample: an eviction in the middle of a look is as real as any other
    """
    if end is None or start is None or end.run_id != now.run_id:
        return Rates(hit_ratio=_share(now.hits, now.misses))
    ours = now.executed - end.executed
    commands = _grown(end.commands, now.commands)
    polluted = now.scanned != end.scanned
    return Rates(
        ops_per_s=_per_s(None if commands is None else max(0, commands - ours), now.at - end.at),
        hit_ratio=None if polluted else _share(_grown(end.hits, now.hits), _grown(end.misses, now.misses)),
        evicted_per_s=_per_s(_grown(start.evicted, now.evicted), now.at - start.at),
        rejected_per_s=_per_s(_grown(start.rejected, now.rejected), now.at - start.at),
        refused_writes_per_s=_per_s(_grown(start.refused_writes, now.refused_writes), now.at - start.at),
    )


def _grown(before: int | None, after: int | None) -> int | None:
    """How far a counter has come; None where it is unknown or was reset (CONFIG RESETSTAT)."""
    return after - before if before is not None and after is not None and after >= before else None


def _per_s(count: int | None, seconds: float) -> float | None:
    return count / seconds if count is not None and seconds > 0 else None


def _share(hits: int | None, misses: int | None) -> float | None:
    return hits / (hits + misses) if hits is not None and misses is not None and hits + misses else None
