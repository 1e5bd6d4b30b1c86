"""A container that is restarted until it is healthy, on the lab's engine; no name has to be typed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.lab.engine.conftest import becomes, room, shell
from tests.ui.acting.deck import SELDOM_S, deck, now
from tests.ui.findings import unhealthy
from tests.ui.pictures import sighting
from triage_tui.actions.act import Came
from triage_tui.actions.following import follow
from triage_tui.actions.verdict import Verdict
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec
from triage_tui.lab.engine.engine import Engine
from triage_tui.lab.engine.spec import HealthCheck
from triage_tui.model import Diagnosis, Incident, Kind, Observation, Sighting
from triage_tui.model.docker import DockerData
from triage_tui.sources.docker import DockerSource

__all__ = ["room"]

FOREVER = "while :; do sleep 0.05; done"


@pytest.fixture
async def engine(room: Path) -> AsyncIterator[Engine]:
    """One that answers, with a container that is well."""
    async with Engine(room) as one:
        await one.serve(room / "s")
        well = HealthCheck(("CMD-SHELL", "true"), interval_s=0.1, retries=1)
        one.add(shell("shop-api", FOREVER, health=well, project="shop", service="api"))
        await one.start("shop-api")
        await becomes(one, "shop-api", "running")
        yield one


def spec(room: Path) -> DockerSpec:
    return DockerSpec("docker", Secret(f"unix://{room / 's'}"), interval_s=SELDOM_S)


async def seen(room: Path) -> Sighting:
    """The engine as our own source sees it."""
    source = DockerSource(spec(room), environ={})
    try:
        look = await source.observe()
    finally:
        await source.aclose()
    assert isinstance(look, Observation), look
    return sighting(Kind.DOCKER, "docker", "unix:///s", look.data)


def started(one: Sighting) -> str | None:
    assert isinstance(one.data, DockerData)
    return one.data.containers[0].started_at


async def test_one_key_restarts_it_until_it_is_healthy(engine: Engine, room: Path, state: Path) -> None:
    before = await seen(room)
    async with deck(now(before), state, spec(room)) as screen:
        await screen.press("2")
        assert "R restart  X stop  K kill  P pause  C restart project" in screen.lines[-1]
        await screen.press("R")
        asking = await screen.asked()
        assert asking.question is not None
        assert asking.question.word is None
        await screen.press("enter")
        assert screen.asking is None, "Enter is Cancel"
        await screen.press("R")
        await screen.asked()
        await screen.press("y")
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came is Came.DONE, doing.result
        assert started(await seen(room)) != started(before)
        assert "● done" in screen.text


@pytest.mark.safety(3)
async def test_a_container_that_was_made_anew_is_not_taken_for_it(
    engine: Engine, room: Path, state: Path
) -> None:
    shown = await seen(room)
    async with deck(now(shown), state, spec(room)) as screen:
        await screen.press("2")
        await engine.restart("shop-api", 0)
        await screen.press("R")
        await screen.asked()
        assert "target changed" in screen.text or "another one" in screen.text
        await screen.press("y")
        assert screen.records == []


@pytest.mark.parametrize("screen_key", ["0", "2"], ids=["the problem", "the row that it is about"])
async def test_what_a_finding_proposes_is_done_and_judged(
    screen_key: str, engine: Engine, room: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triage_tui.ui.acting.doer.follow", partial(follow, wait_s=60.0, hold_s=0.0))
    finding = unhealthy()
    shown = now(await seen(room))
    ill = Diagnosis(shown.taken_at, shown.wall_at, (Incident(finding),))
    async with deck(shown, state, spec(room)) as screen:
        await screen.show(shown, ill)
        await screen.press(screen_key)
        assert "R restart" in screen.lines[-1]
        await screen.press("R")
        await screen.asked()
        assert "whether docker.unhealthy shop-api goes away" in screen.text
        await screen.press("y")
        await screen.until("a result", lambda: bool(screen.doings) and screen.doings[-1].result is not None)
        assert screen.doings[-1].over_at is None, "whether it helps is being watched"

        def fixed() -> bool:
            well = now(*shown.sightings[:1])
            screen.engine.show(well, Diagnosis(well.taken_at, well.wall_at))
            return screen.doings[-1].over_at is not None

        await screen.until("a verdict", fixed)
        judgement = screen.doings[-1].judgement
        assert judgement is not None
        assert judgement.verdict is Verdict.FIXED, judgement
        assert "● fixed  restart container shop-api" in screen.text
        assert screen.records == ["intent", "result", "verdict"]
        again = now(await seen(room))
        await screen.show(again, ill)
        await screen.press("0", "R")
        await screen.asked()
        assert "worked 1 of 1 time, last on" in screen.text
