"""How long to leave a target alone after a look has failed."""

from __future__ import annotations

from collections.abc import Callable

CAP_S = 30.0
"""Longest wait. A target that comes back is seen within this time, and a person watching it come back can bear it."""

FLOOR_S = 0.1
"""Shortest wait: full jitter may draw zero, and a target that refuses at once must not be asked in a tight loop."""

_DOUBLINGS = 16
"""Enough to reach the cap from any interval; more would only make big numbers."""


def delay_s(failures: int, interval_s: float, draw: Callable[[], float]) -> float:
    """Seconds until the next look after `failures` (≥ 1) failures in a row.

    Exponential with full jitter: uniform over 0…min(cap, interval × 2^(failures − 1)), so that programs which
    lost the same server do not come back in step (M. Brooker, "Exponential Backoff And Jitter", AWS, 2015).

    draw: uniform over [0, 1), as `random.random`
    """
    ceiling = min(CAP_S, interval_s * 2.0 ** min(failures - 1, _DOUBLINGS))
    return max(FLOOR_S, draw() * ceiling)
