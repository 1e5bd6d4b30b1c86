from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from triage_tui.engine.backoff import CAP_S, FLOOR_S, delay_s

failures = st.integers(1, 10_000)
intervals = st.floats(0.1, 3600)
draws = st.floats(0, 1, exclude_max=True)


@given(failures, intervals, draws)
def test_a_wait_is_never_longer_than_the_cap_nor_shorter_than_the_floor(
    n: int, s: float, draw: float
) -> None:
    assert FLOOR_S <= delay_s(n, s, lambda: draw) <= CAP_S


@given(intervals)
def test_the_first_retry_comes_within_one_interval(interval_s: float) -> None:
    assert delay_s(1, interval_s, lambda: 0.999) <= max(FLOOR_S, interval_s)


def test_the_ceiling_doubles_until_the_cap() -> None:
    ceilings = [delay_s(n, 2.0, lambda: 1.0) for n in range(1, 8)]
    assert ceilings == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_jitter_is_full() -> None:
    draw = random.Random(1).random
    waits = [delay_s(10, 2.0, draw) for _ in range(1000)]
    # Uniform over 0…30: each third has its share, so that programs which failed together do not return together.
    shares = [sum(low <= wait < low + 10 for wait in waits) for low in (0, 10, 20)]
    assert all(280 <= share <= 390 for share in shares), shares
