from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.engine.steered import (
    Behaviour,
    Steered,
    denied,
    hang,
    live,
    raising,
    refused,
    settings_of,
    spec_of,
    wait_until,
)
from triage_tui.config.settings import TargetSpec
from triage_tui.engine import Engine
from triage_tui.model import Sighting, State


class Bench:
    """An engine on steered sources."""

    def __init__(self, behaviours: dict[str, Behaviour], interval_s: float) -> None:
        self.sources = {name: Steered(name, behaviour) for name, behaviour in behaviours.items()}
        self.threads: set[str] = set()
        self.engine = Engine(
            settings_of(*[spec_of(name, interval_s) for name in behaviours]),
            open=self._open,
            draw=lambda: 0.0,
        )

    def _open(self, spec: TargetSpec) -> Steered:
        self.threads.add(threading.current_thread().name)
        return self.sources[spec.name]

    def sighting(self, name: str) -> Sighting:
        sighting = self.engine.picture().of(name)
        assert sighting is not None
        return sighting

    def wait_for_state(self, name: str, state: State) -> None:
        wait_until(lambda: self.sighting(name).state is state, f"{name} {state}")

    def wait_for_looks(self, name: str, number: int) -> None:
        target = self.sources[name].ended + number
        wait_until(lambda: self.sources[name].ended >= target, f"{number} more looks at {name}")


MakeBench = Callable[..., Bench]


@pytest.fixture
def bench() -> Iterator[MakeBench]:
    benches: list[Bench] = []

    def make(interval_s: float = 0.02, **behaviours: Behaviour) -> Bench:
        benches.append(Bench(behaviours or {"shop": live}, interval_s))
        return benches[-1]

    yield make
    for made in benches:
        made.engine.stop(10.0)
        assert not any(t.name == "engine" and t.is_alive() for t in threading.enumerate())
        assert made.engine.defects == ()


def test_a_picture_is_there_before_anything_is_known(bench: MakeBench) -> None:
    made = bench(a=live, b=live)
    picture = made.engine.picture()
    assert [(s.target.name, s.state) for s in picture.sightings] == [
        ("a", State.CONNECTING),
        ("b", State.CONNECTING),
    ]
    assert (picture.environment, picture.read_only) == ("test", True)


def test_sources_are_made_on_the_engines_thread(bench: MakeBench) -> None:
    made = bench()
    with made.engine:
        assert made.engine.wait_first_looks(20.0)
    assert made.threads == {"engine"}


def test_start_loads_no_client_library() -> None:
    program = """
import sys, threading
from triage_tui.config.secret import Secret
from triage_tui.config.settings import *
from triage_tui.engine import Engine
url = Secret("redis://127.0.0.1:1/")
Engine(Settings("x", True, (RedisSpec("r", url), PostgresSpec("p"), DockerSpec("d"), HostSpec())))
print([name for name in ("redis", "psycopg", "docker", "psutil", "requests", "textual") if name in sys.modules])
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "[]"


def test_waits_for_the_first_looks_and_no_longer_than_asked(bench: MakeBench) -> None:
    made = bench(a=live, b=refused, c=hang)
    with made.engine:
        assert not made.engine.wait_first_looks(0.05)
        made.wait_for_state("a", State.LIVE)
        made.wait_for_state("b", State.DOWN)
        assert made.sighting("c").state is State.CONNECTING
        assert made.sighting("c").looking_s is not None


def test_second_looks_are_not_awaited_from_what_is_down(bench: MakeBench) -> None:
    made = bench(interval_s=3600.0, a=live, b=denied)
    with made.engine:
        assert made.engine.wait_first_looks(20.0)
        assert not made.engine.wait_second_looks(0.05)
        made.engine.refresh()
        assert made.engine.wait_second_looks(20.0)
        assert made.sources["a"].ended == 2


def test_one_source_that_hangs_delays_no_other(bench: MakeBench) -> None:
    made = bench(a=live, b=hang, c=live)
    with made.engine:
        for name in ("a", "c"):
            made.wait_for_looks(name, 20)
        assert made.sources["b"].begun == 1


def test_one_source_that_raises_marks_its_own_target_only(bench: MakeBench) -> None:
    made = bench(a=live, b=raising(ZeroDivisionError("in b")), c=live)
    with made.engine:
        made.wait_for_state("b", State.DOWN)
        for name in ("a", "c"):
            made.wait_for_looks(name, 5)
            assert made.sighting(name).state is State.LIVE
            assert made.sighting(name).problem is None
        problem = made.sighting("b").problem
        assert problem is not None
        assert "ZeroDivisionError: in b" in problem.message


def test_listeners_are_told_on_the_engines_thread_and_of_staleness_too(bench: MakeBench) -> None:
    made = bench(interval_s=0.05)
    told: list[tuple[str, State]] = []
    made.engine.subscribe(lambda: told.append((threading.current_thread().name, made.sighting("shop").state)))
    with made.engine:
        wait_until(lambda: ("engine", State.LIVE) in told, "news of the first look")
        # From now on no look ends any more, so that only time can make the data stale.
        made.sources["shop"].behaviour = hang
        wait_until(lambda: ("engine", State.STALE) in told, "news that data have turned stale")
        assert made.sighting("shop").looking_s is not None


def test_refresh_asks_the_denied_again_by_name_or_all(bench: MakeBench) -> None:
    made = bench(a=denied, b=denied)
    with made.engine:
        assert made.engine.wait_first_looks(20.0)
        made.engine.refresh("a")
        made.engine.refresh("nobody")
        wait_until(lambda: made.sources["a"].ended == 2, "a second look at a")
        assert made.sources["b"].begun == 1
        made.sources["b"].behaviour = live
        made.engine.refresh()
        made.wait_for_state("b", State.LIVE)


def test_pause_holds_looks_and_data_turn_stale(bench: MakeBench) -> None:
    made = bench()
    with made.engine:
        assert made.engine.wait_first_looks(20.0)
        made.engine.pause(True)
        assert made.engine.paused
        made.wait_for_state("shop", State.STALE)
        begun = made.sources["shop"].begun
        made.engine.refresh()
        wait_until(lambda: made.sources["shop"].ended == begun + 1, "the look that was asked for")
        made.engine.pause(False)
        assert not made.engine.paused
        made.wait_for_looks("shop", 3)


def test_focus_set_before_the_start_is_kept(bench: MakeBench) -> None:
    made = bench()
    made.engine.focus("shop", ["web"])
    made.engine.focus("nobody", ["x"])
    with made.engine:
        assert made.engine.wait_first_looks(20.0)
        made.engine.focus("shop", {"db"})
        wait_until(lambda: made.sources["shop"].focused == [("web",), ("db",)], "the focus")


def test_a_source_that_cannot_bear_a_focus_is_a_defect_and_no_end(bench: MakeBench) -> None:
    made = bench()

    def broken(subjects: object) -> None:
        raise ZeroDivisionError("in focus")

    made.sources["shop"].focus = broken  # type: ignore[method-assign]
    with made.engine:
        assert made.engine.wait_first_looks(20.0)
        made.engine.focus("shop", ["web"])
        wait_until(lambda: len(made.engine.defects) == 1, "the defect")
        made.wait_for_looks("shop", 3)
        assert "ZeroDivisionError: in focus" in made.engine.defects[0]
    made.engine._defects._met.clear()


def test_after_the_stop_what_is_known_stays_readable(bench: MakeBench) -> None:
    made = bench()
    made.engine.start()
    assert made.engine.wait_first_looks(20.0)
    made.engine.stop(10.0)
    made.engine.stop()
    made.engine.refresh()
    made.engine.pause(True)
    begun = made.sources["shop"].begun
    made.wait_for_state("shop", State.STALE)
    assert made.sources["shop"].closed
    assert made.sources["shop"].begun == begun
    with pytest.raises(RuntimeError, match="started once"):
        made.engine.start()


def test_stop_before_start_does_nothing(bench: MakeBench) -> None:
    bench().engine.stop()


def test_stop_does_not_wait_for_a_loop_that_is_blocked(bench: MakeBench) -> None:
    release = threading.Event()

    async def block(look: object) -> None:
        release.wait(30)

    made = bench(shop=block)
    made.engine.start()
    wait_until(lambda: made.sources["shop"].begun == 1, "the blocking look")
    made.engine.stop(0.05)
    assert made.sighting("shop").state is State.CONNECTING
    release.set()
    wait_until(lambda: made.sources["shop"].closed, "the end once the loop is free")
    made.engine.stop(10.0)
