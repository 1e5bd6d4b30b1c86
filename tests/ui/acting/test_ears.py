"""Which keys may confirm, on a clock that stands still."""

from __future__ import annotations

import pytest

from triage_tui.ui.acting.ears import BURST_S, REPEAT_S, SETTLE_S, Ears

LAG_S = 0.5


class Clock:
    at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr("triage_tui.ui.acting.ears.LAG_S", LAG_S)
    return Clock()


@pytest.fixture
def ears(clock: Clock) -> Ears:
    return Ears(clock)


@pytest.mark.safety(5)
def test_what_was_read_before_the_paint_does_not_count(ears: Ears, clock: Clock) -> None:
    assert not ears.confirms("y", clock.at)
    ears.painted()
    assert not ears.hears(clock.at - 0.01)
    clock.at += 0.3
    assert ears.hears(clock.at)
    ears.covered()
    assert not ears.hears(clock.at)


def test_a_key_that_was_pressed_too_early_and_is_held_does_not_count(ears: Ears, clock: Clock) -> None:
    assert not ears.confirms("y", clock.at)
    ears.painted()
    for _ in range(5):
        clock.at += REPEAT_S / 2
        assert not ears.confirms("y", clock.at)
        ears.beat()
    for _ in range(4):
        clock.at += REPEAT_S / 3
        ears.beat()
    assert ears.confirms("y", clock.at)


def test_a_key_within_a_paste_does_not_count(ears: Ears, clock: Clock) -> None:
    ears.painted()
    clock.at += 0.2
    ears.note("x", clock.at)
    assert not ears.confirms("y", clock.at + BURST_S / 2)
    ears.note("x", clock.at + 0.1)
    assert ears.confirms("ctrl+y", clock.at + 0.1 + BURST_S / 2, burst=True)


@pytest.mark.safety(5)
def test_after_a_lag_or_a_resume_what_waited_is_dropped(ears: Ears, clock: Clock) -> None:
    ears.painted()
    read_at = clock.at + 0.1
    clock.at += LAG_S + 1.0
    assert not ears.confirms("y", read_at), "it was read before the loop went on"
    assert not ears.hears(clock.at + SETTLE_S / 2), "and what comes out of buffers just after"
    clock.at += SETTLE_S / 2
    ears.beat()
    clock.at += SETTLE_S
    ears.beat()
    clock.at += 0.1
    assert not ears.hears(clock.at - SETTLE_S - LAG_S)
