"""From counters that only grow to shares and rates. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping

IDLE = ("idle", "iowait")
"""Times in which a core did nothing: waiting for a disk is not work."""

COUNTED_TWICE = ("guest", "guest_nice")
"""Times that Linux counts in `user` and `nice` as well (proc_stat(5))."""


def busy_percent(before: Mapping[str, float], now: Mapping[str, float]) -> float | None:
    """Share of all cores that was busy between two readings of the CPU times in seconds, 0…100.

    None where no time has passed, or where a counter ran backwards (a core was unplugged, a VM restored).
    """
    passed = {name: now[name] - before.get(name, 0.0) for name in now if name not in COUNTED_TWICE}
    total = sum(passed.values())
    if total <= 0:
        return None
    idle = sum(passed.get(name, 0.0) for name in IDLE)
    percent = 100.0 * (total - idle) / total
    return percent if -1.0 <= percent <= 101.0 else None


def per_second(before: float, now: float, passed_s: float) -> float | None:
    """A counter's rate; None where no time has passed or it was reset."""
    return (now - before) / passed_s if passed_s > 0 and now >= before else None
