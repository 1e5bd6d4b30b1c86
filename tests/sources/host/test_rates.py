"""Shares and rates from counters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.sources.host.rates import busy_percent, per_second

BEFORE = {"user": 100.0, "system": 50.0, "idle": 800.0, "iowait": 40.0, "steal": 10.0, "guest": 90.0}


def later(**spent: float) -> dict[str, float]:
    """The counters after this much more of each."""
    return {name: value + spent.get(name, 0.0) for name, value in BEFORE.items()}


def test_busy_is_what_is_neither_idle_nor_waiting_for_a_disk() -> None:
    """3 of 10 seconds: user, system and stolen time count, waiting does not."""
    assert busy_percent(BEFORE, later(user=1, system=1, steal=1, idle=5, iowait=2)) == pytest.approx(30.0)


def test_guests_are_not_counted_twice() -> None:
    """Linux adds the time of guests to `user` as well."""
    assert busy_percent(BEFORE, later(user=5, guest=5, idle=5)) == pytest.approx(50.0)


def test_no_time_passed_is_unknown_not_idle() -> None:
    """Nothing can be said of two samples at one instant, or of counters that ran backwards."""
    assert busy_percent(BEFORE, BEFORE) is None
    assert busy_percent(later(user=50, idle=100), BEFORE) is None


@given(st.dictionaries(st.sampled_from(sorted(BEFORE)), st.floats(0, 1e6)))
def test_a_share_is_a_share(spent: dict[str, float]) -> None:
    """Never below zero or above a hundred, whatever the counters did."""
    percent = busy_percent(BEFORE, later(**spent))
    assert percent is None or -1 <= percent <= 101


def test_a_counter_that_was_reset_has_no_rate() -> None:
    """A driver was reloaded: the difference would be nonsense."""
    assert per_second(100, 300, 2.0) == 100.0
    assert per_second(300, 100, 2.0) is None
    assert per_second(100, 300, 0.0) is None
