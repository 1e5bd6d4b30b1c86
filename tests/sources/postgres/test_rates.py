"""Rates from two looks at counters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.model.postgres import Database
from triage_tui.sources.postgres.rates import SHORTEST_INTERVAL_S, Counters, database_rates, too_soon

RATES = ("commits_per_s", "rollbacks_per_s", "temp_bytes_per_s", "deadlocks_per_s")
COUNTERS = ("commits", "rollbacks", "blocks_fetched", "blocks_hit", "temp_bytes", "deadlocks")


def counters(read_at_s: float, **given: int) -> Counters:
    values: dict[str, Any] = dict.fromkeys(("connections", *COUNTERS), 0) | given
    return Counters(read_at_s=read_at_s, **values)


def test_two_looks_make_rates() -> None:
    before = counters(100.0, commits=1000, rollbacks=5, blocks_fetched=200, blocks_hit=100, temp_bytes=0)
    after = counters(
        104.0,
        connections=7,
        commits=1200,
        rollbacks=7,
        blocks_fetched=300,
        blocks_hit=190,
        temp_bytes=4096,
        deadlocks=2,
    )
    assert database_rates("shop", before, after, size_bytes=9, frozen_xid_age=1) == Database(
        name="shop",
        connections=7,
        commits_per_s=50.0,
        rollbacks_per_s=0.5,
        cache_hit_ratio=0.9,
        temp_bytes_per_s=1024.0,
        deadlocks=2,
        deadlocks_per_s=0.5,
        size_bytes=9,
        frozen_xid_age=1,
    )


def test_the_first_look_has_no_rates_but_what_it_counts() -> None:
    database = database_rates("shop", None, counters(1.0, connections=3, deadlocks=4, commits=9))
    assert (database.connections, database.deadlocks) == (3, 4)
    assert {getattr(database, name) for name in RATES} == {None}
    assert database.cache_hit_ratio is None


def test_nothing_was_read_so_nothing_was_hit_or_missed() -> None:
    """Zero would be an alarm."""
    database = database_rates("shop", counters(1.0, commits=1), counters(2.0, commits=2))
    assert database.cache_hit_ratio is None
    assert database.commits_per_s == 1.0


@pytest.mark.parametrize("name", COUNTERS)
def test_statistics_that_were_reset_give_no_rates(name: str) -> None:
    database = database_rates("shop", counters(1.0, **{name: 10}), counters(5.0, **{name: 3}))
    assert {getattr(database, rate) for rate in RATES} == {None}


@pytest.mark.parametrize("elapsed", [0.0, -3600.0, SHORTEST_INTERVAL_S / 2])
def test_looks_too_close_or_a_clock_set_back_give_no_rates(elapsed: float) -> None:
    database = database_rates("shop", counters(7200.0), counters(7200.0 + elapsed, commits=10))
    assert {getattr(database, rate) for rate in RATES} == {None}


@given(
    st.floats(-1e6, 1e6, allow_nan=False),
    st.lists(st.integers(0, 2**62), min_size=12, max_size=12),
)
def test_no_rate_is_ever_below_zero(elapsed: float, numbers: list[int]) -> None:
    before = counters(1e6, **dict(zip(COUNTERS, numbers[:6], strict=True)))
    after = counters(1e6 + elapsed, **dict(zip(COUNTERS, numbers[6:], strict=True)))
    database = database_rates("shop", before, after)
    assert all((rate := getattr(database, name)) is None or rate >= 0 for name in RATES)


def test_a_base_serves_until_long_enough_ago() -> None:
    base = counters(100.0)
    assert too_soon(base, counters(100.0))
    assert too_soon(base, counters(100.0 + SHORTEST_INTERVAL_S / 2))
    assert not too_soon(base, counters(100.0 + 2 * SHORTEST_INTERVAL_S))
    assert not too_soon(base, counters(99.0)), "the clock was set back"
