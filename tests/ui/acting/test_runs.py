"""What is under way can be left, what was done can be read again, and what an earlier session left open is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ui.acting.deck import SELDOM_S, Deck, deck, host_of, now
from tests.ui.cockpit import NARROW, WIDE
from triage_tui.actions.act import Came
from triage_tui.actions.audit import AuditLog
from triage_tui.actions.audit.runs import left_open, runs_of
from triage_tui.config.settings import CommandSpec, HostSpec
from triage_tui.ui.acting.runs import Runs

HOST = HostSpec(interval_s=SELDOM_S)
FOR_EVER = CommandSpec(
    "linger", (sys.executable, "-c", "import time; time.sleep(600)"), "never ends", safe=True, timeout_s=500.0
)
AT_ONCE = CommandSpec("say", (sys.executable, "-c", "print('said')"), "says it", safe=True)


def intent(run: str, **more: Any) -> dict[str, Any]:
    return {
        "what": "intent",
        "run": run,
        "at": "2026-03-04T02:14:07.123+00:00",
        "user": "ann",
        "host": "another",
        "environment": "staging",
        "action": "docker.restart",
        "identity": {"shown": "shop-api-1 (3f2a9c1b)", "parts": {}},
        "preview": {"title": f"restart container {run}", "sends": ["POST /containers/3f2a9c1b/restart"]},
        **more,
    }


def written(state: Path, *contents: dict[str, Any]) -> AuditLog:
    log = AuditLog(state / "triage-tui")
    for content in contents:
        log.append(content)
    return log


async def begin(screen: Deck, name: str) -> None:
    await screen.press("E")
    await screen.until("the palette", lambda: f"run {name}" in screen.text)
    await screen.press("enter")
    await screen.asked()
    await screen.press("y")
    await screen.until("a run", lambda: bool(screen.doings))


async def runs_of_screen(screen: Deck) -> Runs:
    await screen.press("H")
    top = screen.app.screen
    assert isinstance(top, Runs)
    await screen.until("the audit", lambda: "reading the audit" not in screen.text)
    return top


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_is_under_way_is_left_by_a_key(size: tuple[int, int], state: Path) -> None:
    async with deck(now(host_of()), state, HOST, commands=(FOR_EVER,), size=size) as screen:
        await begin(screen, "linger")
        await screen.until("its intent", lambda: screen.records == ["intent"])
        await runs_of_screen(screen)
        assert "X ends the waiting" in screen.text
        await screen.press("X")
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came is Came.UNKNOWN
        await screen.until("its result", lambda: screen.records == ["intent", "result"])
        await screen.until(
            "it as done before", lambda: "? unknown" in screen.text and "X ends" not in screen.text
        )
        await screen.press("escape")
        assert "? unknown" in screen.text


async def test_what_was_done_can_be_read_again(state: Path) -> None:
    written(
        state,
        intent("one"),
        {
            "what": "result",
            "run": "one",
            "at": "x",
            "came": "done",
            "message": "healthy after 4 s",
            "tells": [],
        },
        {"what": "verdict", "run": "one", "at": "x", "verdict": "fixed", "message": "gone for 30 s"},
        intent("two"),
        {
            "what": "result",
            "run": "two",
            "at": "x",
            "came": "not done",
            "message": "409 conflict",
            "tells": [],
        },
    )
    async with deck(now(host_of()), state, HOST, commands=(AT_ONCE,)) as screen:
        await runs_of_screen(screen)
        assert "✗ not done" in screen.text
        assert "409 conflict" in screen.text
        await screen.press("j")
        for word in ("● done", "● fixed", "healthy after 4 s", "gone for 30 s", "POST /containers", "ann"):
            assert word in screen.text
        await screen.press("X", "q")
        assert screen.app.screen is screen.overview
        await begin(screen, "say")
        await screen.over()
        await runs_of_screen(screen)
        assert "run say" in screen.lines[6] or "run say" in screen.text.partition("2026-03-04")[0]


async def test_what_an_earlier_session_left_open_is_told_until_somebody_has_read_it(state: Path) -> None:
    log = written(
        state, intent("one"), intent("two"), {"what": "result", "run": "two", "at": "x", "came": "done"}
    )
    async with deck(now(host_of()), state, HOST) as screen:
        screen.app._hand.look_back()
        await screen.until("what was left open", lambda: "? outcome unknown" in screen.text)
        assert "restart container one, 2026-03-04 02:14 UTC by ann; H shows it" in screen.text
        await runs_of_screen(screen)
        await screen.press("j")
        assert "it may have been done" in screen.text
        await screen.press("escape")
        assert "outcome unknown" not in screen.text
        await screen.until("that it was seen", lambda: screen.records[-1] == "seen")
    assert left_open(runs_of(log.records())) == ()


async def test_nothing_is_told_where_nothing_was_done(state: Path) -> None:
    async with deck(now(host_of()), state, HOST) as screen:
        screen.app._hand.look_back()
        await runs_of_screen(screen)
        assert "nothing was done from here" in screen.text
        await screen.press("escape")
        assert screen.records == []


async def test_an_audit_that_cannot_be_read_is_told(state: Path) -> None:
    log = written(state, intent("one"))
    log.path.unlink()
    log.path.symlink_to("/etc/hostname")
    async with deck(now(host_of()), state, HOST) as screen:
        screen.app._hand.look_back()
        await runs_of_screen(screen)
        await screen.until("why", lambda: "the audit cannot be read" in screen.text)
