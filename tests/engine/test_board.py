from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.steered import DENIED, REFUSED, HandClock
from triage_tui.engine.board import Board
from triage_tui.model import Gap, Kind, Problem, ProblemKind, Sighting, State, Target
from triage_tui.model.docker import Container, DockerData
from triage_tui.model.http import HttpData
from triage_tui.sources import Look

SHOP = Target(name="shop", kind=Kind.HTTP, endpoint="http://shop/")
DATA = HttpData(status=200, latency_s=0.5)
TIMEOUT = Problem(ProblemKind.TIMEOUT, "no answer", "look why")
INTERVAL_S = 2.0


class Shop:
    """A board with one target and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.hand = HandClock()
        self.board = Board("test", read_only=True, clock=self.hand.clock)
        self.board.add(SHOP, INTERVAL_S)

    def look(self, outcome: HttpData | Problem, *gaps: Gap, takes_s: float = 0.0) -> None:
        self.board.begin("shop")
        look = Look(SHOP, self.hand.clock)
        self.hand.move(takes_s)
        seen = look.failed(outcome) if isinstance(outcome, Problem) else look.live(outcome, gaps)
        self.board.record("shop", seen, SHOP)

    def sighting(self) -> Sighting:
        (sighting,) = self.board.picture().sightings
        return sighting


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_nothing_is_known_before_the_first_look_has_ended(shop: Shop) -> None:
    assert shop.sighting() == Sighting(target=SHOP, state=State.CONNECTING, interval_s=INTERVAL_S)
    shop.board.begin("shop")
    shop.hand.move(4)
    sighting = shop.sighting()
    assert (sighting.state, sighting.looking_s, sighting.age_s) == (State.CONNECTING, 4.0, None)


def test_live_with_its_age(shop: Shop) -> None:
    shop.look(DATA, takes_s=0.25)
    shop.hand.move(1.5)
    sighting = shop.sighting()
    assert (sighting.state, sighting.age_s, sighting.took_s) == (State.LIVE, 1.5, 0.25)
    assert sighting.data is DATA
    assert sighting.looking_s is None
    assert sighting.known


def test_stale_after_three_intervals_even_if_no_look_ever_ends(shop: Shop) -> None:
    shop.look(DATA)
    shop.board.begin("shop")
    shop.hand.move(3 * INTERVAL_S)
    assert shop.sighting().state is State.LIVE
    shop.hand.move(0.1)
    sighting = shop.sighting()
    assert (sighting.state, sighting.known) == (State.STALE, False)
    assert sighting.age_s == pytest.approx(6.1)
    assert sighting.data is DATA


@pytest.mark.parametrize(("problem", "state"), [(REFUSED, State.DOWN), (DENIED, State.DENIED)])
def test_a_failure_that_is_an_answer_counts_at_once_and_keeps_the_data(
    shop: Shop, problem: Problem, state: State
) -> None:
    shop.look(DATA)
    shop.hand.move(2)
    shop.look(problem)
    shop.hand.move(1)
    sighting = shop.sighting()
    assert sighting.state is state
    assert sighting.data is DATA
    assert (sighting.age_s, sighting.problem, sighting.problem_age_s, sighting.failures) == (3, problem, 1, 1)


def test_silence_makes_data_stale_and_a_target_that_never_spoke_down(shop: Shop) -> None:
    shop.look(TIMEOUT)
    assert shop.sighting().state is State.DOWN
    shop.look(DATA)
    assert shop.sighting().state is State.LIVE
    shop.look(TIMEOUT)
    assert shop.sighting().state is State.STALE


def test_recovery_forgets_the_problem(shop: Shop) -> None:
    for _ in range(3):
        shop.look(REFUSED)
    assert shop.sighting().failures == 3
    shop.look(DATA)
    sighting = shop.sighting()
    assert (sighting.state, sighting.problem, sighting.problem_age_s, sighting.failures) == (
        State.LIVE,
        None,
        None,
        0,
    )


def test_gaps_belong_to_the_data(shop: Shop) -> None:
    gap = Gap("statements", Problem(ProblemKind.PERMISSION, "not allowed", "grant pg_monitor"))
    shop.look(DATA, gap)
    shop.look(REFUSED)
    assert shop.sighting().gaps == (gap,)
    shop.look(DATA)
    assert shop.sighting().gaps == ()


@pytest.mark.parametrize("hours", [1, -1])
def test_a_jump_of_the_wall_clock_changes_no_age_and_no_state(shop: Shop, hours: int) -> None:
    shop.look(DATA)
    shop.hand.move(2)
    before = shop.sighting()
    shop.hand.day += timedelta(hours=hours)
    after = shop.board.picture()
    assert after.sightings[0] == before
    assert after.wall_at == shop.hand.day
    shop.look(DATA)
    shop.hand.move(1)
    assert (shop.sighting().age_s, shop.sighting().state) == (1.0, State.LIVE)
    history = shop.board.picture().history["shop", "http.latency_s", ""]
    assert history.times == (1000.0, 1002.0)


def test_an_observation_from_the_future_is_not_younger_than_now(shop: Shop) -> None:
    shop.look(DATA)
    shop.hand.now -= 5
    assert shop.sighting().age_s == 0.0


def test_a_picture_is_frozen(shop: Shop) -> None:
    shop.look(DATA)
    picture = shop.board.picture()
    sighting, series = picture.sightings[0], picture.values("shop", "http.status")
    shop.hand.move(100)
    shop.look(HttpData(status=503, latency_s=1.0))
    assert picture.sightings[0] == sighting
    assert picture.values("shop", "http.status") == series == (200.0,)
    assert shop.board.picture().values("shop", "http.status") == (200.0, 503.0)


def test_a_picture_copies_neither_data_nor_history() -> None:
    hand = HandClock()
    board = Board("test", read_only=False, clock=hand.clock)
    engine = Target(name="docker", kind=Kind.DOCKER, endpoint="unix:///var/run/docker.sock")
    board.add(engine, INTERVAL_S)
    containers = tuple(
        Container(id=str(n), name=f"c{n}", image="x", state="running", restarts=0, cpu_percent=1.0)
        for n in range(500)
    )
    data = DockerData(containers)
    for _ in range(3):
        hand.move(2)
        board.record("docker", Look(engine, hand.clock).live(data), engine)
    one, two = board.picture(), board.picture()
    assert one.sightings[0].data is two.sightings[0].data is data
    assert len(one.history) == 2 + 2 * 500
    assert one.values("docker", "docker.cpu_percent", "c499") == (1.0, 1.0, 1.0)


def test_targets_keep_their_order_and_names_are_unique(shop: Shop) -> None:
    for name in ("b", "a"):
        shop.board.add(Target(name=name, kind=Kind.HTTP, endpoint=name), INTERVAL_S)
    shop.look(DATA)
    names = [sighting.target.name for sighting in shop.board.picture().sightings]
    assert names == ["shop", "b", "a"]
    with pytest.raises(ValueError, match="two targets are named 'a'"):
        shop.board.add(Target(name="a", kind=Kind.HTTP, endpoint="a"), INTERVAL_S)


def test_a_source_makes_its_target_more_exact_but_not_another(shop: Shop) -> None:
    exact = Target(name="else", kind=Kind.HTTP, endpoint="http://10.0.0.1/")
    shop.board.record("shop", Look(exact, shop.hand.clock).live(DATA), exact)
    sighting = shop.sighting()
    assert sighting.target == Target(name="shop", kind=Kind.HTTP, endpoint="http://10.0.0.1/")


def test_a_removed_target_is_forgotten_with_its_history(shop: Shop) -> None:
    shop.look(DATA)
    held = shop.board.picture()
    shop.board.remove("shop")
    picture = shop.board.picture()
    assert (picture.sightings, len(picture.history)) == ((), 0)
    assert held.values("shop", "http.status") == (200.0,)
    shop.board.add(SHOP, INTERVAL_S)
    assert shop.sighting().state is State.CONNECTING
    assert shop.board.picture().values("shop", "http.status") == ()
