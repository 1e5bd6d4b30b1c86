"""What an action takes is typed in the question; what it would do is read again before anything can be confirmed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.acting.deck import SELDOM_S, Deck, deck, host_of, now, process_of
from triage_tui.actions.act import Came, Parameter
from triage_tui.config.settings import CommandSpec, HostSpec
from triage_tui.ui.acting.form import Form

HOST = HostSpec(interval_s=SELDOM_S)
TAKES = (
    Parameter("older", "for how long", "5m"),
    Parameter("who", "whose"),
    Parameter("where", "in what", ""),
)


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    one = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield one
    one.kill()
    one.wait(30)


async def asked_again(screen: Deck, holds: str) -> None:
    await screen.until(f"a question with {holds}", lambda: screen.asking is not None and holds in screen.text)


def typed(form: Form, text: str) -> None:
    form.erase(all=True)
    for character in text:
        form.type(character)


def test_what_has_to_be_given_is_typed_first() -> None:
    form = Form(TAKES, {})
    assert form.is_typed
    assert form.lacking == ("who",)
    typed(form, "ann")
    assert form.end()
    assert form.parameters == {"who": "ann"}


def test_what_is_as_it_would_be_anyway_is_not_said() -> None:
    form = Form(TAKES, {"who": "ann", "older": "9m"})
    assert not form.is_typed
    assert form.parameters == {"who": "ann", "older": "9m"}
    form.begin()
    typed(form, "5m")
    form.move(-1)
    typed(form, "shop")
    assert form.end()
    assert form.parameters == {"who": "ann", "where": "shop"}


def test_leaving_puts_everything_back() -> None:
    form = Form(TAKES, {"who": "ann"})
    form.begin()
    typed(form, "1s")
    form.move(1)
    form.erase()
    form.leave()
    assert form.parameters == {"who": "ann"}
    form.begin()
    assert not form.end()


@pytest.mark.parametrize("width", [20, 46, 120])
def test_a_value_is_shown_as_it_is_typed(width: int) -> None:
    form = Form(TAKES, {})
    typed(form, "a\x1b[31mb" + "x" * 200)
    text = "".join(cell.text for line in form.lines(width) for cell in line)
    assert "\x1b" not in text
    assert "x_" in text


async def test_another_signal_is_typed_and_sent(child: subprocess.Popen[bytes], state: Path) -> None:
    async with deck(now(host_of(process_of(child.pid))), state, HOST) as screen:
        await screen.press("5", "K")
        await screen.asked()
        assert "SIGTERM" in screen.text
        await screen.press("tab", "ctrl+u", *"INT")
        # While it is typed, what confirms elsewhere is a letter.
        await screen.press("y", "backspace", "ctrl+y")
        assert screen.asking is not None
        assert screen.records == []
        await screen.press("enter")
        await asked_again(screen, "SIGINT")
        asking = await screen.asked()
        assert asking.question is not None
        await screen.press(*([*str(child.pid), "ctrl+y"] if asking.question.word else ["y"]))
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came is Came.DONE, doing.result
        # Python turns SIGINT into an exception, and ends with it as a signal.
        assert child.wait(60) == -2


async def test_what_makes_no_sense_is_told_and_can_be_typed_again(
    child: subprocess.Popen[bytes], state: Path
) -> None:
    async with deck(now(host_of(process_of(child.pid))), state, HOST) as screen:
        await screen.press("5", "K")
        await screen.asked()
        await screen.press("tab", "ctrl+u", *"HELLO", "enter")
        await asked_again(screen, "Nothing was sent.")
        asking = await screen.asked()
        await screen.press("y", "ctrl+y")
        assert screen.asking is asking
        await screen.press("tab", "ctrl+u", *"TERM", "enter")
        await asked_again(screen, "SIGTERM")
        await screen.press("tab", *"xyz", "escape")
        assert screen.asking is asking
        assert "xyz" not in screen.text
        await screen.press("escape")
        assert screen.asking is None
        assert child.poll() is None
        assert screen.records == []


async def test_a_command_of_the_teams_own_is_chosen_filled_in_and_run(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = tmp_path / "made"
    spec = CommandSpec("mark", ("touch", "{file}"), "[b]mark[/] [$x]", {"file": "which file"})
    async with deck(now(host_of()), state, HOST, commands=(spec,)) as screen:
        await screen.press("E")
        await screen.until("the palette", lambda: "run mark: [b]mark[/] [$x]" in screen.text)
        await screen.press("enter")
        await screen.until("what it needs", lambda: "which file" in screen.text)
        await screen.press("enter")
        assert "file has to be given" in screen.text
        await screen.press(*made.name, "enter")
        await asked_again(screen, "declared")
        assert not made.exists()
        await screen.press(*"mark", "ctrl+y")
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came is Came.DONE, doing.result
        assert made.exists()
        assert screen.records == ["intent", "result"]


async def test_without_commands_it_says_how_to_have_some(state: Path) -> None:
    async with deck(now(host_of()), state, HOST) as screen:
        await screen.press("E")
        assert "has no commands" in screen.lines[-1]


async def test_the_palette_offers_them_beside_all_else(state: Path) -> None:
    spec = CommandSpec("mark", ("touch", "x"), "make a mark")
    async with deck(now(host_of()), state, HOST, commands=(spec,)) as screen:
        offered = [one.title for one in screen.app.get_system_commands(screen.app.screen)]
        assert "run mark: make a mark" in offered
