"""Where a signal starts to be worth a look."""

from __future__ import annotations

import pytest

from triage_tui.config.settings import Threshold
from triage_tui.config.thresholds import DEFAULT_THRESHOLDS, Level, level
from triage_tui.model.signals import SIGNALS


def test_unknown_is_not_well() -> None:
    assert level("redis.memory_ratio", None) is Level.UNKNOWN
    assert level("no.such.signal", None) is Level.UNKNOWN
    assert Level.UNKNOWN not in (Level.OK, Level.WARNING, Level.CRITICAL)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, Level.OK), (0.79, Level.OK), (0.8, Level.WARNING), (0.89, Level.WARNING), (0.9, Level.CRITICAL),
     (7.0, Level.CRITICAL)],
)  # fmt: skip
def test_a_threshold_counts_from_its_value_on(value: float, expected: Level) -> None:
    assert level("redis.memory_ratio", value) is expected


def test_the_file_replaces_the_default_of_the_same_name_and_no_other() -> None:
    thresholds = {"redis.memory_ratio": Threshold(warning=0.5)}
    assert level("redis.memory_ratio", 0.95, thresholds) is Level.WARNING
    assert level("host.disk_ratio", 0.96, thresholds) is Level.CRITICAL


def test_only_a_critical_value_may_be_given() -> None:
    assert level("redis.rejected_per_s", 0.0) is Level.OK
    assert level("redis.rejected_per_s", 0.5) is Level.CRITICAL


def test_a_signal_without_a_threshold_is_never_loud() -> None:
    assert level("redis.ops_per_s", 1e9) is Level.OK


def test_an_empty_threshold_switches_a_default_off() -> None:
    assert level("host.disk_ratio", 1.0, {"host.disk_ratio": Threshold()}) is Level.OK


@pytest.mark.parametrize("signal", sorted(name for name, known in SIGNALS.items() if known.low_is_bad))
def test_where_low_is_bad_the_value_must_fall_to_the_threshold(signal: str) -> None:
    thresholds = {signal: Threshold(warning=10, critical=3)}
    assert level(signal, 11, thresholds) is Level.OK
    assert level(signal, 10, thresholds) is Level.WARNING
    assert level(signal, 3, thresholds) is Level.CRITICAL
    assert level(signal, 0, thresholds) is Level.CRITICAL


@pytest.mark.parametrize("name", sorted(DEFAULT_THRESHOLDS))
def test_defaults_name_signals_that_exist_and_get_worse_in_one_direction(name: str) -> None:
    threshold = DEFAULT_THRESHOLDS[name]
    if threshold.warning is not None and threshold.critical is not None:
        if SIGNALS[name].low_is_bad:
            assert threshold.critical < threshold.warning
        else:
            assert threshold.warning < threshold.critical
    else:
        assert name in SIGNALS
