"""The judge is judged first: what grows is seen, and what only moves is not."""

from __future__ import annotations

from collections.abc import Callable

from tests.endurance.verdict import Trend
from tests.endurance.vital import Vital


def moments(
    memory: Callable[[int], float] = lambda _: 50e6,
    descriptors: Callable[[int], int] = lambda _: 30,
    threads: Callable[[int], int] = lambda _: 12,
    connections: Callable[[int], int] = lambda _: 5,
    count: int = 30,
) -> list[Vital]:
    """One calm moment a minute."""
    return [
        Vital(60.0 * n, int(memory(n)), int(memory(n)), descriptors(n), threads(n), float(n), connections(n))
        for n in range(count)
    ]


def test_what_moves_up_and_down_is_flat() -> None:
    trend = Trend(
        moments(lambda n: 50e6 + 2e6 * (n % 3), lambda n: 30 + n % 3, lambda n: 12 + n % 2), warm_after_s=300
    )
    assert trend.complaints == []
    assert abs(trend.growth) < 0.05


def test_growth_before_everything_is_warm_does_not_count() -> None:
    assert Trend(moments(lambda n: 50e6 + 3e6 * min(n, 6)), warm_after_s=360).complaints == []
    assert Trend(moments(lambda n: 50e6 + 3e6 * min(n, 6)), warm_after_s=0).complaints != []


def test_a_leak_of_each_kind_is_named() -> None:
    assert Trend(moments(lambda n: 50e6 + 0.3e6 * n), 0).complaints == ["memory grew by 14%"]
    assert "descriptors" in Trend(moments(descriptors=lambda n: 30 + n // 5), 0).complaints[0]
    assert "threads" in Trend(moments(threads=lambda n: 12 + n // 3), 0).complaints[0]
    assert "connections" in Trend(moments(connections=lambda n: 5 + n // 4), 0).complaints[0]


def test_too_few_moments_prove_nothing() -> None:
    assert "too few" in Trend(moments(count=6), warm_after_s=300).complaints[0]
