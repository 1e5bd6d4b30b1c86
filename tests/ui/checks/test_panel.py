"""The key `c`: what it asks, where the answers stand, and that the screen goes on meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ui.cockpit import NARROW, WIDE, Cockpit, cockpit
from tests.ui.findings import blocked, diagnosis, redis_full, unhealthy
from tests.ui.pictures import picture
from triage_tui.actions.checks import runner
from triage_tui.actions.checks.answer import BY_HAND, Question, Said
from triage_tui.actions.checks.check import Check
from triage_tui.actions.checks.site import Site
from triage_tui.config.secret import Secret
from triage_tui.config.settings import DockerSpec, HostSpec, PostgresSpec, RedisSpec
from triage_tui.model import Deed, Incident
from triage_tui.ui.checks.panel import Panel

SIZES = [NARROW, WIDE, (200, 60)]
WITHIN_S = 40.0
KNOWLEDGE = Path(__file__).parents[3] / "knowledge" / "postgres"


def watched(screen: Cockpit) -> None:
    """What the picture shows, at places where nothing is."""
    screen.engine.found = (
        PostgresSpec("shop-db", Secret("postgresql://127.0.0.1:1/shop")),
        DockerSpec("docker", Secret("unix:///nowhere/at/all")),
        RedisSpec("shop-redis", Secret("redis://127.0.0.1:1")),
        HostSpec(),
    )


def panel(screen: Cockpit) -> Panel:
    return screen.overview.query_one(Panel)


async def answered(screen: Cockpit) -> None:
    """Until the desk has answered, and the screen shows it."""
    async with asyncio.timeout(WITHIN_S):
        while not screen.app._desk.idle:
            await asyncio.sleep(0.02)
    await screen.settle()


async def until_done(screen: Cockpit, other: Callable[[], bool] = lambda: True) -> None:
    """Until a round has ended, which is another one than before."""
    end = time.monotonic() + WITHIN_S
    while not (panel(screen).asked.done and other()):
        assert time.monotonic() < end, panel(screen).asked
        await asyncio.sleep(0.02)
    await screen.settle()


@pytest.mark.parametrize("size", SIZES)
async def test_what_a_finding_proposes_is_asked_and_answered(size: tuple[int, int]) -> None:
    async with cockpit(size=size, meaning=diagnosis()) as screen:
        watched(screen)
        await screen.press("0", "c")
        await until_done(screen)
        assert "Checks  of shop-db 4711  ✗ 1 fail" in screen.text
        assert "✗ fail" in screen.text
        assert "postgres.locks 4711" in screen.text
        assert "ask again" in screen.lines[-1]
        assert [(one.id, one.argument) for one in screen.engine.heard] == [("postgres.locks", "4711")]
        await screen.press("escape")
        assert "Checks  of" not in screen.text
        assert screen.overview.problems.has_focus, "the keys are where they were"


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("1",), ("docker.health", "docker.top", "docker.logs-tail", "env.present")),
        (("3",), ("postgres.ping", "postgres.locks", "postgres.connections")),
        (("4",), ("redis.ping", "queue.depths", "queue.workers")),
        (("5",), ("disk.free", "process.list")),
    ],
)
async def test_what_is_worth_asking_about_a_row(keys: tuple[str, ...], asked: tuple[str, ...]) -> None:
    async with cockpit() as screen:
        watched(screen)
        await screen.press(*keys, "c")
        ids = tuple(one.id for one in panel(screen).asked.questions)
        assert ids[: len(asked)] == asked
        await until_done(screen)
        assert len(panel(screen).asked.answers) == len(ids)


async def test_the_screen_goes_on_while_a_server_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def endless(_: Site, __: Question) -> Said:
        await asyncio.Event().wait()
        raise AssertionError

    check = Check("redis.ping", (), "", endless, limit_s=600.0)
    monkeypatch.setattr(runner, "all_checks", lambda: {check.id: check})
    stuck = redis_full(checks=(Deed("redis.ping", "shop-redis"),))
    async with cockpit(meaning=diagnosis([Incident(stuck)])) as screen:
        await screen.press("0", "c")
        assert "… asking" in screen.text
        await screen.show(picture(), diagnosis([Incident(unhealthy())]))
        assert "shop-api fails its health check" in screen.text
        assert "… asking" in screen.text
        await screen.press("escape", "escape")
        assert "Checks  of" not in screen.text


async def test_c_asks_again_and_other_answers_take_their_place() -> None:
    async with cockpit(meaning=diagnosis()) as screen:
        watched(screen)
        await screen.press("0", "c")
        await until_done(screen)
        (first,) = panel(screen).asked.answers.values()
        await screen.press("c")
        await until_done(screen, lambda: first not in panel(screen).asked.answers.values())
        await screen.press("escape", "j", "c")
        await until_done(screen, lambda: panel(screen).asked.about == "of docker shop-api")
        assert "Checks  of docker shop-api" in screen.text
        await screen.press("j", "k", "j")
        assert screen.overview.query(Panel), "there is one panel, whatever was asked"


async def test_all_checks_of_the_guide_that_is_read_are_asked_in_one_go() -> None:
    async with cockpit(meaning=diagnosis([Incident(blocked())]), guides=[KNOWLEDGE]) as screen:
        watched(screen)
        await answered(screen)
        await screen.press("0", "g")
        await answered(screen)
        await screen.press("c")
        entry = screen.overview.sidebar.reader.entry
        assert entry is not None
        probes = {one.probe or BY_HAND for one in entry.front.checks}
        assert {one.id for one in panel(screen).asked.questions} == probes
        await until_done(screen)
        assert f"of {entry.id}" in screen.text


async def test_where_no_target_is_nothing_is_asked() -> None:
    async with cockpit(picture([])) as screen:
        await screen.press("c")
        assert "nothing is proposed here" in screen.text
        await screen.press("escape")
        assert screen.overview.focused is screen.pane("docker").table


async def test_the_palette_asks_too() -> None:
    async with cockpit() as screen:
        watched(screen)
        await screen.press("5")
        command = next(
            one for one in screen.app.get_system_commands(screen.overview) if "check what" in one.title
        )
        await command.callback()
        await until_done(screen)
        assert "Checks  of host" in screen.text
