"""Numbers as people read them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.text import display_width, figures

positive = st.floats(0, 1e12, allow_nan=False)


@pytest.mark.parametrize(
    "write",
    [
        figures.duration, figures.age, figures.elapsed, figures.size, figures.memory, figures.count, figures.percent,
        figures.cpu, figures.rate,
    ],
)  # fmt: skip
def test_unknown_is_never_a_zero(write: object) -> None:
    assert callable(write)
    assert write(None) == "?"
    assert "0" in write(0)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0s"), (0.04, "0.0s"), (0.44, "0.4s"), (0.949, "0.9s"), (0.95, "1s"), (1.4, "1s"), (59.6, "60s"),
        (99.4, "99s"), (99.5, "1m40s"), (312, "5m12s"), (3599.4, "59m59s"), (3599.6, "1h00m"), (11_220, "3h07m"),
        (86_399, "23h59m"), (86_400, "1d00h"), (12 * 86_400 + 4 * 3600, "12d04h"), (100 * 86_400, "100d"),
        (412 * 86_400, "412d"), (-5, "0.0s"),
    ],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert figures.duration(seconds) == text


@given(st.floats(-10, 9_999 * 86_400))
def test_a_duration_takes_six_characters_at_most(seconds: float) -> None:
    assert len(figures.duration(seconds)) <= 6


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"), (7.9, "7s"), (19.9, "19s"), (20, "20s"), (24.9, "20s"), (99.9, "95s"), (100, "1m40s"),
        (312, "5m10s"), (599.9, "9m50s"), (600, "10m"), (3599, "59m"), (3600, "1h00m"), (11_220, "3h07m"),
        (412 * 86_400, "412d"), (-5, "0s"),
    ],
)  # fmt: skip
def test_what_goes_on(seconds: float, text: str) -> None:
    assert figures.elapsed(seconds) == text


@given(st.floats(1, 9_999 * 86_400))
def test_what_goes_on_is_rounded_down_by_a_quarter_at_most(seconds: float) -> None:
    shown = _seconds(figures.elapsed(seconds))
    assert len(figures.elapsed(seconds)) <= 6
    assert seconds - max(1, seconds / 4) <= shown <= seconds


@given(st.floats(0, 8_639_999), st.floats(0, 1000))
def test_a_longer_duration_never_reads_shorter(seconds: float, more: float) -> None:
    assert _seconds(figures.duration(seconds)) <= _seconds(figures.duration(seconds + more))


def _seconds(text: str) -> float:
    total, number = 0.0, ""
    for character in text:
        if character in "smhd":
            total += float(number) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[character]
            number = ""
        else:
            number += character
    return total


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0s"), (0.94, "0s"), (0.95, "1s"), (14.2, "14s"), (-3, "0s")]
)
def test_ages_do_not_flicker_between_tenths(seconds: float, text: str) -> None:
    assert figures.age(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0B"), (812, "812B"), (999, "999B"), (1000, "1.0K"), (1024, "1.0K"), (1_229, "1.2K"), (10_240, "10K"),
        (999 * 1024, "999K"), (64 * 2**20, "64M"), (int(3.9 * 2**30), "3.9G"), (5 * 2**40, "5.0T"),
        (2**60, "1024P"), (-2048, "-2.0K"),
    ],
)  # fmt: skip
def test_sizes(count: int, text: str) -> None:
    assert figures.size(count) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0B"), (1, "0.1M"), (100_000, "0.1M"), (452 * 1024, "0.4M"), (2**20 - 1, "1.0M"), (2**20, "1.0M"),
        (64 * 2**20, "64M"),
    ],
)  # fmt: skip
def test_what_memory_is_taken(count: int, text: str) -> None:
    assert figures.memory(count) == text


@given(st.integers(0, 2**59))
def test_a_size_takes_five_characters_at_most(count: int) -> None:
    assert len(figures.size(count)) <= 5


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (7, "7"), (12_345, "12,345"), (999_999, "999,999"), (999_999.6, "1.0M"), (3_400_000, "3.4M"),
     (999_400_000, "999.4M"), (2_500_000_000, "2.5G"), (7e12, "7.0T"), (1e16, "1e+16"), (-1200, "-1,200")],
)  # fmt: skip
def test_counts(number: float, text: str) -> None:
    assert figures.count(number) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(0, "0%"), (0.004, "0.4%"), (0.0994, "9.9%"), (0.0996, "10%"), (0.42, "42%"), (0.994, "99%"), (0.995, "99.9%"),
     (0.99999, "99.9%"), (1, "100%"), (2.12, "212%")],
)  # fmt: skip
def test_percentages(ratio: float, text: str) -> None:
    assert figures.percent(ratio) == text


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_what_is_not_full_is_not_shown_as_full(ratio: float) -> None:
    assert figures.percent(ratio) != "100%"
    assert figures.bar(ratio, 10) != "█" * 10


@given(st.floats(0.0006, 1))
def test_what_is_not_nothing_is_not_shown_as_nothing(ratio: float) -> None:
    assert float(figures.percent(ratio).rstrip("%")) > 0
    assert "█" in figures.bar(ratio, 10)


def test_cpu_is_a_percentage_already() -> None:
    assert figures.cpu(250) == "250%"
    assert figures.cpu(3.14) == "3.1%"
    assert [figures.share(points) for points in (0, 0.5, 0.75, 3.14, 250)] == [
        "<1%",
        "<1%",
        "1%",
        "3%",
        "250%",
    ]


@pytest.mark.parametrize(
    ("per_second", "signed", "text"),
    [(0, False, "0/s"), (0.04, False, "0/s"), (0.3, False, "0.3/s"), (12.4, False, "12/s"), (9_999, False, "9999/s"),
     (12_000, False, "12k/s"), (3, True, "+3.0/s"), (-31.5, True, "-32/s"), (0, True, "0/s")],
)  # fmt: skip
def test_rates(per_second: float, signed: bool, text: str) -> None:
    assert figures.rate(per_second, signed=signed) == text


@given(st.none() | st.floats(-1, 3), st.integers(0, 60))
def test_a_bar_is_as_wide_as_it_should_be(ratio: float | None, width: int) -> None:
    assert display_width(figures.bar(ratio, width)) == width


def test_bars() -> None:
    assert figures.bar(0, 4) == "░░░░"
    assert figures.bar(0.001, 4) == "█░░░"
    assert figures.bar(0.5, 4) == "██░░"
    assert figures.bar(0.999, 4) == "███░"
    assert figures.bar(1, 4) == "████"
    assert figures.bar(7, 4) == "████"
    assert figures.bar(None, 4) == "????"


@given(st.lists(st.none() | positive, max_size=30), st.integers(-1, 20), st.none() | st.floats(0, 100))
def test_a_sparkline_is_as_wide_as_it_should_be(
    values: list[float | None], width: int, top: float | None
) -> None:
    assert display_width(figures.sparkline(values, width, top=top)) == max(0, width)


def test_sparklines() -> None:
    assert figures.sparkline([0, 1, 2, 4, 8], 5) == "▁▂▃▅█"
    assert figures.sparkline([1, 2], 4, top=2) == "  ▅█"
    assert figures.sparkline([1, None, 1], 3) == "█ █"
    assert figures.sparkline([0, 0, 0], 3) == "▁▁▁"
    assert figures.sparkline(range(100), 3, top=99) == "███"
    assert figures.sparkline([], 3) == "   "


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_no_number_breaks_a_figure(number: float) -> None:
    for write in (
        figures.duration,
        figures.elapsed,
        figures.size,
        figures.memory,
        figures.count,
        figures.percent,
        figures.cpu,
        figures.share,
        figures.rate,
    ):
        if math.isfinite(number * 100):
            assert write(number)
    assert figures.bar(number, 5)
    assert figures.sparkline([number], 5)
