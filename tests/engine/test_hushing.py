"""What is made quiet by key: it holds at once, outlives the engine, and is shared by those that run at the time."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.engine.steered import PATIENCE_S, Steered, settings_of, spec_of, wait_until
from triage_tui.config.hush import Hush
from triage_tui.config.hush_file import HushFile, Kept
from triage_tui.config.settings import QuietRule
from triage_tui.engine import Engine, hushing
from triage_tui.engine.hushing import Hushing
from triage_tui.model import Diagnosis, Kind, Observation, Picture, Sighting, State, Target
from triage_tui.model.http import HttpData
from triage_tui.sources import Look
from triage_tui.sources.clock import CLOCK

RULE = QuietRule("http.server-error", target="shop", reason="it moves")
KEY = (RULE.finding, RULE.target, RULE.subject)


async def ill(look: Look) -> Observation:
    return look.live(HttpData(status=500, latency_s=0.01))


Make = Callable[..., Engine]


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are followed without a pause that is worth a word."""
    monkeypatch.setattr(hushing, "FOLLOW_S", 0.02)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Engines that look at one ill endpoint, and keep in one folder what is made quiet."""
    made: list[Engine] = []

    def one(file: HushFile | None = None, environment: str = "test") -> Engine:
        engine = Engine(
            replace(settings_of(spec_of("shop", 0.02)), environment=environment),
            open=lambda spec: Steered(spec.name, ill),
            draw=lambda: 0.0,
            hushes=file or HushFile(tmp_path / "state"),
        )
        made.append(engine)
        engine.start()
        return engine

    yield one
    for engine in made:
        engine.stop(10.0)
        assert engine.defects == ()


def is_quiet(diagnosis: Diagnosis) -> bool:
    return not diagnosis.findings and [one.reason for one in diagnosis.quiet] == ["it moves"]


def is_told(diagnosis: Diagnosis) -> bool:
    return [one.id for one in diagnosis.findings] == ["http.server-error"] and not diagnosis.quiet


def wait_for(engine: Engine, enough: Callable[[Diagnosis], bool]) -> Diagnosis:
    assert engine.wait_diagnosis(enough, PATIENCE_S), engine.diagnosis()
    return engine.diagnosis()


def quieten(engine: Engine) -> str:
    """Make it quiet; what was said when the disk had answered."""
    said: list[str] = []
    engine.quieten(RULE, said.append)
    wait_until(lambda: bool(said), "an answer of the disk")
    return said[0]


def test_it_outlives_the_engine(make: Make) -> None:
    first = make()
    wait_for(first, is_told)
    assert quieten(first) == ""
    (quiet,) = wait_for(first, is_quiet).quiet
    assert quiet.rule == KEY
    assert quiet.by
    first.stop(10.0)
    assert wait_for(make(), lambda one: bool(one.findings or one.quiet)).findings == ()


def test_what_was_set_just_before_leaving_is_kept(make: Make) -> None:
    first = make()
    wait_for(first, is_told)
    first.quieten(RULE)
    first.stop(10.0)
    wait_for(make(), is_quiet)


def test_two_that_run_at_once_learn_of_each_other(make: Make) -> None:
    one, other = make(), make()
    wait_for(one, is_told)
    wait_for(other, is_told)
    assert quieten(one) == ""
    wait_for(other, is_quiet)
    said: list[str] = []
    other.lift(KEY, said.append)
    wait_for(other, is_told)
    wait_for(one, is_told)
    wait_until(lambda: said == [""], "an answer of the disk")


def test_it_is_for_one_environment(make: Make) -> None:
    one = make()
    wait_for(one, is_told)
    assert quieten(one) == ""
    elsewhere = wait_for(make(environment="prod"), lambda seen: bool(seen.findings or seen.quiet))
    assert elsewhere.quiet == ()


def test_where_it_cannot_be_kept_it_lasts_as_long_as_the_engine(make: Make, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    engine = make()
    wait_for(engine, is_told)
    assert quieten(engine).startswith(f"{tmp_path / 'state' / 'quiet.jsonl'}: ")
    diagnosis = wait_for(engine, is_quiet)
    assert diagnosis.notes[0].startswith(f"{tmp_path / 'state' / 'quiet.jsonl'}: ")
    engine.lift(KEY)
    wait_for(engine, is_told)


def test_a_broken_line_is_told_until_it_is_gone(make: Make, tmp_path: Path) -> None:
    file = HushFile(tmp_path / "state")
    file.change(datetime.now(UTC))
    file.path.write_text("{}\n")
    engine = make()
    (note,) = wait_for(engine, lambda one: bool(one.notes and one.findings)).notes
    assert note.startswith(f"{file.path}:1: ")
    file.path.write_text("")
    wait_for(engine, lambda one: not one.notes)


class Slow(HushFile):
    """A folder that answers when it is let."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.let = threading.Event()

    def read(self) -> Kept:
        self.let.wait(60)
        return super().read()


def test_a_folder_that_does_not_answer_holds_nothing_up(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hushing, "FIRST_READ_S", 0.01)
    quick, slow = make(), Slow(tmp_path / "state")
    wait_for(quick, is_told)
    assert quieten(quick) == ""
    engine = make(slow)
    try:
        (note,) = wait_for(engine, is_told).notes
        assert "no answer in 0.01 s" in note
    finally:
        slow.let.set()
    assert wait_for(engine, is_quiet).notes == ()


NOW = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
AT = 1000.0
SHOP = Sighting(Target("shop", Kind.HTTP, "http://shop/"), State.LIVE, 2.0)


def picture(steady_s: float, wall_s: float) -> Picture:
    """As many seconds later, by the clock that does not jump and by the one that does."""
    return Picture(AT + steady_s, NOW + timedelta(seconds=wall_s), "test", True, (SHOP,))


async def test_a_clock_that_is_put_back_again_and_again_ends_a_snooze() -> None:
    keeper = Hushing(None, "test", replace(CLOCK, wall=lambda: NOW), lambda: None)
    keeper.add(replace(RULE, reason="", until=NOW + timedelta(hours=1)), picture(0, 0), lambda why: None)
    assert keeper.rules(picture(0, 0))
    assert keeper.rules(picture(3500, 3500))
    # Put back by most of an hour, it has lasted for an hour all the same.
    assert keeper.rules(picture(3599, 0))
    assert not keeper.rules(picture(3600, 1))
    await keeper.end()


async def test_what_is_for_another_host_or_endpoint_makes_nothing_quiet(tmp_path: Path) -> None:
    file = HushFile(tmp_path / "state")
    ours = Hush(
        finding="http.server-error",
        target="shop",
        reason="it moves",
        host=os.uname().nodename,
        environment="test",
        endpoint="http://shop/",
        set_at=NOW,
        by="ann",
    )
    file.change(NOW, add=[ours, replace(ours, host="ops-2"), replace(ours, endpoint="http://other/")])
    keeper = Hushing(file, "test", CLOCK, lambda: None)
    await keeper.begin()
    assert keeper.rules(picture(0, 0)) == (ours,)
    moved = replace(SHOP, target=replace(SHOP.target, endpoint="http://moved/"))
    assert keeper.rules(replace(picture(0, 0), sightings=(moved,))) == ()
    await keeper.end()
