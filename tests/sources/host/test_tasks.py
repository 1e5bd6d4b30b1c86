"""Counters of processes, and the order that they are shown in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import pairwise

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage_tui.sources.host.order import clearly_more, keep_seats, settle
from triage_tui.sources.host.tasks import LINUX, Task, parse_stat, read_tasks

STAT = (
    b"1234 (a) b (c) S 1 1234 1234 0 -1 4194560 1234 0 0 0 250 50 0 0 20 0 7 0 98765 229376000 5000 "
    b"18446744073709551615 1 1 0 0 0 0 0 4096 17647 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
)


def test_a_name_may_hold_brackets_and_spaces() -> None:
    assert parse_stat(STAT, 100, 4096) == Task(1234, 98765.0, 3.0, 5000 * 4096)


@pytest.mark.parametrize("line", [b"", b"1234", b"1234 (x)", b"1234 (x) S 1", b"(x) " + b"1 " * 30])
def test_another_line_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, IndexError)):
        parse_stat(line, 100, 4096)


@pytest.mark.skipif(not LINUX, reason="psutil is what is compared with")
def test_it_is_what_psutil_says() -> None:
    mine = next(task for task in read_tasks() if task.pid == os.getpid())
    process = psutil.Process()
    assert abs(process.memory_info().rss - mine.memory_bytes) < 64 * 2**20
    assert abs(sum(process.cpu_times()[:2]) - mine.cpu_s) < 5
    assert {task.pid for task in read_tasks()} & set(psutil.pids())


weights = st.dictionaries(st.integers(0, 30), st.floats(0, 400), max_size=20)


class TestOrder:
    @given(st.lists(st.integers(0, 30), unique=True), weights)
    def test_all_are_there_and_none_is_clearly_more_than_the_one_above(
        self, before: list[int], now: Mapping[int, float]
    ) -> None:
        order = settle(before, now, by=1.0)
        assert sorted(order) == sorted(now)
        for above, below in pairwise(order):
            assert not clearly_more(now[below], now[above], by=1.0)

    @given(weights, st.floats(-0.2, 0.2))
    def test_noise_moves_nothing(self, now: dict[int, float], noise: float) -> None:
        order = settle([], now, by=1.0)
        shaken = {key: weight + (noise if key % 2 else -noise) for key, weight in now.items()}
        assert settle(order, shaken, by=1.0) == order

    def test_who_rises_moves_up_and_who_is_new_comes_in_where_it_belongs(self) -> None:
        order = settle([], {"a": 50.0, "b": 40.0, "c": 1.0}, by=1.0)
        assert order == ["a", "b", "c"]
        assert settle(order, {"a": 41.0, "b": 50.0, "c": 1.0}, by=1.0) == order
        assert settle(order, {"a": 50.0, "b": 40.0, "c": 90.0, "d": 45.0}, by=1.0) == ["c", "a", "d", "b"]
        assert settle(order, {"c": 1.0, "b": 0.0}, by=1.0) == ["b", "c"]


class TestSeats:
    @given(st.lists(st.integers(0, 30), unique=True, max_size=6), weights)
    def test_the_seats_are_taken_by_those_that_are_there(
        self, seats: list[int], now: dict[int, float]
    ) -> None:
        seated = keep_seats(seats, now, number=6, by=1.0)
        assert len(seated) == len(set(seated)) == min(6, len(now))
        assert set(seated) <= set(now)
        for place, key in enumerate(seats):
            # Whoever is still there keeps the place, where nobody before it left one empty for good.
            if len(now) >= len(seats) and key in seated:
                assert seated[place] == key
        left = set(now) - set(seated)
        if left and seated:
            assert not clearly_more(max(now[key] for key in left), min(now[key] for key in seated), by=1.0)

    def test_one_that_goes_is_replaced_in_its_place(self) -> None:
        now = {"a": 5.0, "c": 3.0, "d": 2.0, "e": 2.5}
        assert keep_seats(["a", "b", "c"], now, number=3, by=1.0) == ["a", "e", "c"]

    def test_one_that_is_outdone_too_and_no_other_moves(self) -> None:
        now = {"a": 5.0, "b": 1.0, "c": 3.0, "d": 90.0}
        assert keep_seats(["a", "b", "c"], now, number=3, by=1.0) == ["a", "d", "c"]
