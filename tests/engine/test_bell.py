from __future__ import annotations

import asyncio
import itertools

from tests.engine.steered import until
from triage_tui.engine.bell import QUIET_S, Bell
from triage_tui.engine.defects import Defects


async def test_a_storm_of_rings_is_two_calls() -> None:
    bell = Bell(Defects())
    calls: list[float] = []
    loop = asyncio.get_running_loop()
    bell.subscribe(lambda: calls.append(loop.time()))
    for _ in range(1000):
        bell.ring()
    await until(lambda: len(calls) == 1, "the first call")
    for _ in range(1000):
        bell.ring()
    await until(lambda: len(calls) == 2, "the call for the rest")
    assert calls[1] - calls[0] >= QUIET_S * 0.99
    await asyncio.sleep(2 * QUIET_S)
    assert len(calls) == 2


async def test_no_two_calls_are_closer_than_the_quiet_time_and_the_last_change_is_told() -> None:
    bell = Bell(Defects())
    calls: list[tuple[float, int]] = []
    loop = asyncio.get_running_loop()
    change = 0
    bell.subscribe(lambda: calls.append((loop.time(), change)))
    for change in range(1, 61):  # noqa: B007 (the listener reads it)
        bell.ring()
        await asyncio.sleep(0.005)
    await until(lambda: calls[-1][1] == 60, "news of the last change")
    assert all(later - earlier >= QUIET_S * 0.99 for (earlier, _), (later, _) in itertools.pairwise(calls))


async def test_a_listener_that_raises_does_not_hinder_others() -> None:
    defects = Defects()
    bell = Bell(defects)
    told: list[str] = []

    def broken() -> None:
        raise ZeroDivisionError("in a pane")

    bell.subscribe(broken)
    bell.subscribe(lambda: told.append("second"))
    bell.ring()
    await until(lambda: told == ["second"], "the second listener's call")
    assert len(defects.words) == 1
    assert "ZeroDivisionError: in a pane" in defects.words[0]


async def test_unsubscribing_ends_one_subscription_and_twice_is_once() -> None:
    bell = Bell(Defects())
    told: list[str] = []

    def listener() -> None:
        told.append("x")

    first = bell.subscribe(listener)
    bell.subscribe(listener)
    first()
    first()
    bell.ring()
    await until(lambda: bool(told), "a call")
    assert told == ["x"]
