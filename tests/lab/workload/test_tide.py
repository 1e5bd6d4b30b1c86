"""A queue of the demo moves, and never outgrows its mark."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage_tui.lab.workload.tide import Tide


@given(
    low=st.integers(0, 500),
    swing=st.integers(100, 5000),
    grow=st.floats(0.1, 100),
    drain=st.floats(0.1, 100),
    busy=st.floats(0, 20),
    tick=st.floats(0.05, 2),
    rising=st.booleans(),
)
def test_a_queue_stays_between_its_marks_and_one_tick(
    low: int, swing: int, grow: float, drain: float, busy: float, tick: float, rising: bool
) -> None:
    high = low + swing
    tide = Tide(low=low, high=high, grow_per_s=grow, drain_per_s=drain, busy_per_s=busy, rising=rising)
    depth = low + swing // 2
    # Rates are whole jobs per tick only on average, so a single tick may bring one more.
    most_up, most_down = tick * grow + 2, tick * drain + 2
    for _ in range(500):
        came, done = tide.pass_time(depth, tick)
        assert came >= 0
        assert done >= 0
        depth = max(0, depth + came - done)
        assert low - most_down <= depth <= high + most_up


def test_it_turns_at_both_marks() -> None:
    tide = Tide(low=10, high=20, grow_per_s=2, drain_per_s=4, busy_per_s=0, rising=True)
    assert tide.pass_time(15, 1.0) == (2, 0)
    assert tide.pass_time(20, 1.0) == (0, 4)
    assert tide.pass_time(15, 1.0) == (0, 4)
    assert tide.pass_time(9, 1.0) == (2, 0)


def test_fractions_of_jobs_are_not_lost() -> None:
    tide = Tide(low=0, high=1000, grow_per_s=0.5, drain_per_s=1, busy_per_s=0.25, rising=True)
    moves = [tide.pass_time(500, 0.5) for _ in range(80)]
    assert sum(came for came, _ in moves) == 30
    assert sum(done for _, done in moves) == 10
