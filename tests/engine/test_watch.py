from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.engine.steered import (
    Behaviour,
    HandClock,
    Steered,
    denied,
    hang,
    live,
    raising,
    refused,
    spec_of,
    until,
)
from triage_tui.config.settings import TargetSpec
from triage_tui.engine.attempt import LEFT_BEHIND
from triage_tui.engine.board import Board
from triage_tui.engine.targets import target_of
from triage_tui.engine.watch import Watch
from triage_tui.model import Observation, ProblemKind, Sighting, State
from triage_tui.sources import Look

pytestmark = pytest.mark.usefixtures("no_unhandled_exception")


class Desk:
    """One watch on a board, and every source that it has opened."""

    def __init__(self, source: Steered | None = None, interval_s: float = 0.01, draw: float = 0.0) -> None:
        self.board = Board("test", read_only=True)
        self.spec = spec_of(interval_s=interval_s)
        self.opened: list[Steered] = []
        self.next = source or Steered()
        self.recorded: list[Sighting] = []
        self.watch = Watch(
            self.spec,
            target_of(self.spec),
            self.board,
            open=self._open,
            draw=lambda: draw,
            seen=lambda _: self.recorded.append(self.sighting),
        )
        self.board.add(target_of(self.spec), interval_s)

    def _open(self, spec: TargetSpec) -> Steered:
        if self.opened:
            last = self.opened[-1]
            self.next = Steered(behaviour=last.behaviour, deadline_s=last.deadline_s)
        self.opened.append(self.next)
        return self.next

    @property
    def sighting(self) -> Sighting:
        return self.board.picture().sightings[0]

    async def looks(self, number: int) -> None:
        await until(lambda: len(self.recorded) >= number, f"{number} looks")


@pytest.fixture
async def no_unhandled_exception() -> AsyncIterator[None]:
    met: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: met.append(context))
    yield
    assert met == []


MakeDesk = Callable[..., Desk]


@pytest.fixture
async def desk() -> AsyncIterator[MakeDesk]:
    desks: list[Desk] = []

    def make(behaviour: Behaviour = live, *, deadline_s: float = 30.0, **how: float) -> Desk:
        desks.append(Desk(Steered(behaviour=behaviour, deadline_s=deadline_s), **how))
        return desks[-1]

    yield make
    for made in desks:
        await made.watch.stop()


async def test_looks_again_and_again_one_at_a_time(desk: MakeDesk) -> None:
    made = desk()
    made.watch.start()
    await made.looks(5)
    (source,) = made.opened
    assert source.most_in_flight == 1
    assert made.sighting.state is State.LIVE


async def test_opens_nothing_before_it_is_started(desk: MakeDesk) -> None:
    made = desk()
    await asyncio.sleep(0)
    assert made.opened == []
    assert made.watch.source is None


async def test_the_next_look_waits_for_the_end_of_a_slow_one(desk: MakeDesk) -> None:
    release = asyncio.Event()

    async def slow(look: Look) -> Observation:
        await release.wait()
        return await live(look)

    made = desk(slow, interval_s=0.001)
    made.watch.start()
    await until(lambda: made.next.in_flight == 1, "a look in flight")
    # Twenty intervals and a reader who asks for more.
    made.watch.refresh()
    await asyncio.sleep(0.02)
    assert made.next.begun == 1
    release.set()
    await made.looks(3)
    assert made.next.most_in_flight == 1


async def test_a_look_without_end_is_cancelled_at_its_deadline(desk: MakeDesk) -> None:
    made = desk(hang, deadline_s=0.02)
    made.watch.start()
    await made.looks(2)
    assert made.sighting.problem is not None
    assert made.sighting.problem.kind is ProblemKind.TIMEOUT
    assert "no answer within 0.02 s from http://" in made.sighting.problem.message
    assert len(made.opened) == 1
    assert made.next.most_in_flight == 1


async def test_an_answer_that_comes_while_a_look_is_given_up_still_counts(desk: MakeDesk) -> None:
    async def late(look: Look) -> Observation:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return await live(look)
        raise AssertionError

    made = desk(late, deadline_s=0.02)
    made.watch.start()
    await made.looks(1)
    assert made.sighting.state is State.LIVE


async def test_looks_that_ignore_cancellation_do_not_pile_up(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.engine.attempt.GRACE_S", 0.01)
    release = asyncio.Event()

    async def deaf(look: Look) -> Observation:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return await live(look)

    made = desk(deaf, deadline_s=0.01)
    made.watch.start()
    await made.looks(LEFT_BEHIND + 3)
    assert len(made.opened) == LEFT_BEHIND
    assert [source.in_flight for source in made.opened] == [1] * LEFT_BEHIND
    assert all(source.closed for source in made.opened)
    assert made.sighting.problem is not None
    assert "2 earlier looks" in made.sighting.problem.message
    # When they come back, looking goes on through a new source.
    release.set()
    await until(lambda: made.sighting.state is State.LIVE, "recovery")
    assert len(made.opened) == LEFT_BEHIND + 1
    assert all(source.in_flight == 0 for source in made.opened[:-1])


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (ZeroDivisionError("division by zero"), ProblemKind.PROTOCOL, "ZeroDivisionError: division by zero"),
        (KeyError("role"), ProblemKind.PROTOCOL, "KeyError: 'role'"),
        (SystemExit(3), ProblemKind.PROTOCOL, "tried to end the program"),
        (asyncio.CancelledError(), ProblemKind.PROTOCOL, "CancelledError"),
        (ModuleNotFoundError("No module named 'psycopg'"), ProblemKind.MISSING, "No module named 'psycopg'"),
        (RuntimeError("\x1b]0;owned\x07 redis://:hunter2@db/"), ProblemKind.PROTOCOL, "␛]0;owned␇"),
    ],
)
async def test_a_source_that_raises_says_so_and_is_asked_again(
    desk: MakeDesk, error: BaseException, kind: ProblemKind, words: str
) -> None:
    made = desk(raising(error))
    made.watch.start()
    await made.looks(1)
    problem = made.sighting.problem
    assert problem is not None
    assert problem.kind is kind
    assert words in problem.message
    assert "hunter2" not in problem.message
    made.next.behaviour = live
    await until(lambda: made.sighting.state is State.LIVE, "recovery")


async def test_a_source_that_cannot_be_made_says_so(desk: MakeDesk) -> None:
    made = desk()
    made.watch._attempt._open = lambda: spec_of().no_such_attribute  # type: ignore[attr-defined]
    made.watch.start()
    await made.looks(2)
    assert made.sighting.problem is not None
    assert "no_such_attribute" in made.sighting.problem.message


async def test_data_that_cannot_be_read_are_the_sources_fault(desk: MakeDesk) -> None:
    async def nonsense(look: Look) -> Observation:
        return look.live("not data")  # type: ignore[arg-type]

    made = desk(nonsense)
    made.watch.start()
    await made.looks(1)
    assert made.sighting.problem is not None
    assert made.sighting.data is None


async def test_a_denial_is_final_until_somebody_asks(desk: MakeDesk) -> None:
    made = desk(denied)
    made.watch.start()
    await made.looks(1)
    await asyncio.sleep(0.05)
    assert made.next.begun == 1
    assert made.sighting.state is State.DENIED
    made.next.behaviour = live
    made.watch.refresh()
    await made.looks(3)
    assert made.sighting.state is State.LIVE


async def test_refresh_bypasses_backoff(desk: MakeDesk) -> None:
    # A draw of nearly one and an hour's interval: by itself it would wait for half a minute.
    made = desk(refused, interval_s=3600.0, draw=0.99)
    made.watch.start()
    for number in range(1, 5):
        await made.looks(number)
        await asyncio.sleep(0)
        assert made.next.begun == number
        made.watch.refresh()
    await made.looks(5)


async def test_failures_are_counted_and_waited_for(desk: MakeDesk) -> None:
    made = desk(refused, interval_s=0.01, draw=0.99)
    waits: list[float] = []
    record = made.watch._record
    made.watch._record = lambda seen: waits.append(record(seen)) or waits[-1]  # type: ignore[method-assign,func-returns-value]
    made.watch.start()
    await made.looks(5)
    assert waits[:5] == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.99 * 0.16])
    assert made.sighting.failures >= 5


async def test_pause_begins_no_look_and_refresh_begins_one(desk: MakeDesk) -> None:
    made = desk()
    made.watch.pause(True)
    made.watch.start()
    await asyncio.sleep(0.05)
    assert made.next.begun == 0
    made.watch.refresh()
    await made.looks(1)
    await asyncio.sleep(0.05)
    assert made.next.begun == 1
    made.watch.pause(False)
    await made.looks(3)


async def test_focus_reaches_a_source_that_is_opened_later(desk: MakeDesk) -> None:
    made = desk()
    made.watch.focus(["web"])
    made.watch.start()
    await made.looks(1)
    made.watch.focus(["web", "db"])
    assert made.next.focused == [("web",), ("web", "db")]


async def test_stop_ends_the_look_in_flight_and_records_nothing_more(desk: MakeDesk) -> None:
    made = desk(hang)
    made.watch.start()
    await until(lambda: made.next.in_flight == 1, "a look in flight")
    await made.watch.stop()
    assert made.next.in_flight == 0
    assert made.next.closed
    assert made.recorded == []


async def test_stop_does_not_wait_for_a_source_that_cannot_close(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.engine.attempt.GRACE_S", 0.01)
    for never in (asyncio.Event().wait, raising(OSError("closed twice")).__call__):
        made = desk()
        made.next.aclose = never  # type: ignore[method-assign]
        made.watch.start()
        await made.looks(1)
        async with asyncio.timeout(10):
            await made.watch.stop()


async def test_time_in_which_the_process_was_stopped_is_not_counted(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The loop's clock leaps over the deadline, as after SIGCONT, while the answer is about to be read.
    loop = asyncio.get_running_loop()
    slept = 0.0
    real = loop.time
    monkeypatch.setattr(loop, "time", lambda: real() + slept)
    release = asyncio.Event()

    async def slow(look: Look) -> Observation:
        await release.wait()
        return await live(look)

    made = desk(slow, deadline_s=30.0)
    made.watch.start()
    await until(lambda: made.next.in_flight == 1, "a look in flight")
    slept = 3600.0
    await asyncio.sleep(0.02)
    release.set()
    await made.looks(1)
    assert made.recorded[0].state is State.LIVE
    assert made.recorded[0].failures == 0


async def test_the_wall_clock_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    hand = HandClock()
    board = Board("test", read_only=True, clock=hand.clock)
    spec = spec_of(interval_s=5.0)
    board.add(target_of(spec), 5.0)
    source = Steered(clock=hand.clock)
    seen: list[Sighting] = []
    watch = Watch(
        spec,
        target_of(spec),
        board,
        open=lambda _: source,
        draw=lambda: 0.5,
        seen=lambda _: seen.append(board.picture().sightings[0]),
        clock=hand.clock,
    )
    watch.start()
    await until(lambda: len(seen) == 1, "the first look")
    hand.day = hand.day.replace(hour=(hand.day.hour + 23) % 24)
    await asyncio.sleep(0.05)
    assert source.begun == 1
    assert board.picture().sightings[0].state is State.LIVE
    await watch.stop()
