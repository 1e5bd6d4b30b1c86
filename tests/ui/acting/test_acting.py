"""From a key to a process that gets its signal: the one that was meant, once, and never by a slip."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events

from tests.ui.acting.deck import SELDOM_S, Deck, deck, host_of, now, process_of
from tests.ui.cockpit import NARROW, WIDE
from triage_tui.actions.act import Came
from triage_tui.config.settings import HostSpec
from triage_tui.ui.acting.asking import Cancel

HOST = HostSpec(interval_s=SELDOM_S)
Child = subprocess.Popen[bytes]


def spawn() -> Child:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


@pytest.fixture
def child() -> Iterator[Child]:
    one = spawn()
    yield one
    one.kill()
    one.wait(30)


@pytest.fixture
def other() -> Iterator[Child]:
    one = spawn()
    yield one
    one.kill()
    one.wait(30)


async def ask(screen: Deck) -> None:
    await screen.press("5", "K")
    await screen.asked()


async def confirm(screen: Deck, word: object) -> None:
    await screen.press(*str(word), "ctrl+y")


@pytest.mark.safety(6)
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_it_is_shown_confirmed_done_and_told(size: tuple[int, int], child: Child, state: Path) -> None:
    async with deck(now(host_of(process_of(child.pid))), state, HOST, size=size) as screen:
        await screen.press("5")
        assert "K signal" in screen.lines[-1]
        await screen.press("K")
        asking = await screen.asked()
        assert isinstance(screen.app.focused, Cancel)
        assert asking.question is not None
        told = "\n".join("".join(cell.text for cell in line) for line in asking.question.lines)
        for word in (
            "staging",
            "this machine",
            "identity",
            f"process {child.pid}",
            "SIGTERM",
            "sends",
            "way back",
        ):
            assert word in told
        assert "[ Cancel ]" in screen.text
        await screen.until(
            "all of it, or that there is more",
            lambda: "sends" in screen.text or "more below" in screen.text,
        )
        if "sends" not in screen.text:
            await screen.press("end")
        assert "pidfd_send_signal" in screen.text
        if asking.question.word is None:
            await screen.press("y")
        else:
            await confirm(screen, child.pid)
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came is Came.DONE, doing.result
        assert child.wait(60) == -15
        assert "● done" in screen.text
        assert screen.records == ["intent", "result"]


@pytest.mark.safety(6)
async def test_nothing_but_the_key_confirms(child: Child, state: Path) -> None:
    shown = now(host_of(process_of(child.pid)), environment="prod")
    async with deck(shown, state, HOST) as screen:
        await ask(screen)
        screen.app.post_message(events.Paste(f"{child.pid}\n\ny\x19"))
        await screen.settle()
        assert screen.asking is not None
        assert screen.asking.typed == ""
        await screen.press("K", "y", "Y", "space", "backspace", "ctrl+u")
        await screen.press(*str(child.pid), "enter", "enter")
        assert screen.asking is not None
        assert "Enter confirms nothing" in screen.text
        await screen.press("x", "ctrl+y")
        assert "is not" in screen.text
        await screen.pilot.click("Asking Lines")
        assert screen.asking is not None
        await screen.pilot.click(Cancel)
        await screen.settle()
        assert screen.asking is None
        await ask(screen)
        await screen.press("enter")
        assert screen.asking is None
        assert child.poll() is None
        assert screen.records == []


@pytest.mark.safety(1)
async def test_rows_change_places_and_go_meanwhile(child: Child, other: Child, state: Path) -> None:
    one, two = process_of(child.pid, cpu_percent=90.0), process_of(other.pid, cpu_percent=50.0)
    async with deck(now(host_of(one, two), environment="prod"), state, HOST) as screen:
        await ask(screen)
        await screen.show(now(host_of(replace(two, cpu_percent=99.0), one), environment="prod"))
        await screen.show(now(host_of(two), environment="prod"))
        await confirm(screen, child.pid)
        await screen.over()
        assert child.wait(60) == -15
        assert other.poll() is None


@pytest.mark.safety(2)
async def test_another_process_under_the_same_pid_is_left_alone(child: Child, state: Path) -> None:
    earlier = replace(process_of(child.pid), started=1.0)
    async with deck(now(host_of(earlier)), state, HOST) as screen:
        await ask(screen)
        assert "it is another one now" in screen.text
        await screen.press("y", "ctrl+y", "enter")
        assert screen.asking is None
        assert child.poll() is None
        assert screen.records == []


async def test_what_is_gone_by_the_time_of_the_confirmation_is_not_another(child: Child, state: Path) -> None:
    async with deck(now(host_of(process_of(child.pid)), environment="prod"), state, HOST) as screen:
        await ask(screen)
        child.kill()
        child.wait(60)
        await confirm(screen, child.pid)
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came in (Came.NOT_DONE, Came.REFUSED), doing.result


@pytest.mark.safety(8)
async def test_old_data_are_not_acted_on(child: Child, state: Path) -> None:
    shown = now(host_of(process_of(child.pid)), age_s=3 * SELDOM_S + 60)
    async with deck(shown, state, HOST) as screen:
        await ask(screen)
        assert "old, and host is looked at every 600 s" in screen.text
        await screen.press("y", "ctrl+y")
        assert screen.records == []


@pytest.mark.covers("process.signal", "two-presses")
@pytest.mark.safety(10)
async def test_two_presses_are_one_request(child: Child, state: Path) -> None:
    async with deck(now(host_of(process_of(child.pid)), environment="prod"), state, HOST) as screen:
        await screen.press("5")
        await screen.pilot.press("K", "K", "K")
        await screen.asked()
        assert len(screen.app.screen_stack) == 2
        await screen.press("ctrl+u")
        await screen.press(*str(child.pid))
        await screen.pilot.press("ctrl+y", "ctrl+y", "ctrl+y")
        await screen.over()
        assert len(screen.doings) == 1
        assert screen.records == ["intent", "result"]


@pytest.mark.safety(11)
async def test_read_only_sends_nothing_and_offers_nothing(child: Child, state: Path) -> None:
    shown = now(host_of(process_of(child.pid)), environment="prod", read_only=True)
    async with deck(shown, state, HOST, read_only=True, can_be_lifted=False) as screen:
        await screen.press("5")
        assert "K signal" not in screen.lines[-1]
        await ask(screen)
        assert "READ-ONLY: nothing is sent" in screen.text
        await confirm(screen, child.pid)
        assert screen.asking is not None
        await screen.press("escape", "W")
        assert "is read-only by its configuration" in screen.text
        await confirm(screen, "prod")
        await screen.press("escape")
        assert "READ-ONLY" in screen.lines[0]
        assert screen.records == []
        assert child.poll() is None


async def test_read_only_is_on_at_once_and_off_by_typing(child: Child, state: Path) -> None:
    async with deck(now(host_of(process_of(child.pid)), environment="prod"), state, HOST) as screen:
        assert "read-write" in screen.lines[0]
        await ask(screen)
        await screen.press("ctrl+w")
        assert "READ-ONLY: nothing is sent" in screen.text
        await confirm(screen, child.pid)
        assert screen.asking is not None
        await screen.press("escape")
        assert "READ-ONLY" in screen.lines[0]
        await screen.press("W")
        await screen.asked()
        await screen.press(*"pro", "ctrl+y")
        assert screen.asking is not None
        await screen.press("d", "ctrl+y")
        assert screen.asking is None
        assert "read-write" in screen.lines[0]
        await screen.press("W")
        assert "READ-ONLY" in screen.lines[0]
        assert child.poll() is None


async def test_where_nothing_applies_the_key_says_so(state: Path) -> None:
    async with deck(now(host_of()), state, HOST) as screen:
        await screen.press("5", "K")
        assert "K does nothing here" in screen.lines[-1]
        assert screen.asking is None
