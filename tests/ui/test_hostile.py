"""Whatever the model holds, nothing crashes, nothing moves, and no terminal obeys it.

The pictures here are not sanitised, as if the one door for foreign text had been left open.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color

from tests.ui.cockpit import NARROW, WIDE, Cockpit, cockpit
from tests.ui.hostile import ATTACKS, hostile_text, poisoned
from tests.ui.pictures import incident, picture, trouble
from triage_tui.text import display_width
from triage_tui.text.sanitise import visible
from triage_tui.ui.scrub import Scrub
from triage_tui.ui.terminal.driver import _CONTROL
from triage_tui.ui.terminal.replica import Replica

OURS = re.compile(r"\x1b\[[0-9;]*[HGCDm]|\r")
"""What a difference may hold beside visible characters."""

WALKS = (
    (),
    ("g",),
    ("2",),
    ("3", "j"),
    ("4", "o"),
    ("5", "i"),
    ("1", "tab"),
    ("y",),
    ("space",),
    ("right_square_bracket",),
)


class Held:
    """A cockpit that stays open from one example to the next."""

    def __init__(self, runner: asyncio.Runner, screen: Cockpit) -> None:
        self._runner, self.screen = runner, screen

    def do(self, keys: tuple[str, ...], shown: Any) -> None:
        """Show a picture, then press keys."""

        async def steps() -> None:
            await self.screen.show(shown)
            await self.screen.press(*keys)

        self._runner.run(steps())


def hold(size: tuple[int, int]) -> Iterator[Held]:
    """Unlike asyncio.run, a runner keeps its context, in which the app is the active one."""
    with asyncio.Runner() as runner:
        opened = cockpit(size=size)
        screen = runner.run(opened.__aenter__())
        yield Held(runner, screen)
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def held_wide() -> Iterator[Held]:
    """The size to design for."""
    yield from hold(WIDE)


@pytest.fixture(scope="module", params=[WIDE, NARROW], ids=["wide", "narrow"])
def held(request: pytest.FixtureRequest) -> Iterator[Held]:
    """Each size that must work."""
    yield from hold(request.param)


def assert_harmless(screen: Cockpit) -> None:
    """What the compositor made holds nothing foreign, and what the replica would send even less."""
    made = "".join(screen.written)
    rest = re.sub(r"\x1b\[[0-9;]*[Hm]|\n", "", made)
    assert rest == visible(rest) or all(is_cell(character) for character in rest), ascii(rest)
    replica = Replica(*screen.app.size)
    replica.take()
    replica.draw(made)
    sent = OURS.sub("", replica.take())
    assert all(is_cell(character) for character in sent), ascii(sent)
    width = screen.app.size.width
    assert {display_width(line) for line in screen.lines} == {width}


def is_cell(character: str) -> bool:
    """A character that is drawn, or one that joins the one before it."""
    return character.isprintable() or ord(character) >= 0x300


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.data(), st.sampled_from(WALKS), st.booleans())
def test_any_text_in_every_field(held: Held, data: st.DataObject, keys: tuple[str, ...], sick: bool) -> None:
    shown = poisoned(picture(trouble() if sick else incident()), data)
    held.screen.forget()
    held.do(keys, shown)
    assert_harmless(held.screen)


@pytest.mark.parametrize("first", range(0, len(ATTACKS), 4))
def test_every_attack_in_many_fields_and_in_the_clipboard(held_wide: Held, first: int) -> None:
    class Dealt:
        """All attacks in turn, beginning with another one each time."""

        def draw(self, _strategy: object, label: str = "") -> list[str]:
            return [*ATTACKS[first:], *ATTACKS[:first]]

    screen = held_wide.screen
    screen.forget()
    screen.app._clipboard = ""
    held_wide.do(("g",), poisoned(picture(trouble() if first % 8 else incident()), Dealt()))  # type: ignore[arg-type]
    assert_harmless(screen)
    assert screen.app.clipboard == "", "nothing is copied that was not asked for"
    held_wide.do(("y", "g"), screen.engine.shown)
    assert_harmless(screen)
    assert screen.app.clipboard == visible(screen.app.clipboard)


@pytest.mark.parametrize(
    "text", ["[/foo]", "[b", "[b + x", "[$x]", "[@click=app.quit]x[/]", "[ERROR]", "[/]", "\\[x]"]
)
async def test_markup_is_text(text: str) -> None:
    shown = incident()
    docker = shown[0].data
    assert docker is not None
    named = tuple(msgspec.structs.replace(one, name=text) for one in docker.containers[:1])  # type: ignore[union-attr]
    shown[0] = msgspec.structs.replace(shown[0], data=msgspec.structs.replace(docker, containers=named))
    shown[3] = msgspec.structs.replace(shown[3], target=msgspec.structs.replace(shown[3].target, name=text))
    async with cockpit(picture(shown, environment=text), size=(200, 60)) as screen:
        assert text in screen.lines[0]
        assert any(text in line for line in screen.lines[2:])
        await screen.press("g", "y")
        assert f"copied: {text}" in screen.lines[-1]
        assert any("name" in line and text in line for line in screen.lines)
        assert screen.app.clipboard == text


async def test_what_is_pasted_into_a_search_is_harmless() -> None:
    async with cockpit(size=NARROW) as screen:
        for first in range(0, len(ATTACKS), 6):
            await screen.press("slash")
            screen.app.screen.post_message(events.Paste("".join(ATTACKS[first : first + 6])))
            await screen.press("enter")
            assert_harmless(screen)
            await screen.press("escape")


class TestScrub:
    @given(st.lists(hostile_text, max_size=4), st.booleans())
    def test_nothing_but_what_is_visible_in_as_many_cells(self, texts: list[str], unicode: bool) -> None:
        segments = [Segment(text, Style(link="https://evil.example")) for text in texts]
        scrubbed = Scrub(unicode=unicode).apply(segments, Color(0, 0, 0))
        for before, after in zip(segments, scrubbed, strict=True):
            assert all(is_cell(character) for character in after.text)
            assert unicode or after.text.isascii()
            assert display_width(after.text) == display_width(before.text)
            assert after.style is not None
            assert after.style.link is None

    def test_what_is_plain_is_passed_on_as_it_is(self) -> None:
        segment = Segment("● plain text", Style(bold=True))
        assert Scrub(unicode=True).apply([segment], Color(0, 0, 0))[0] is segment


class TestControls:
    @pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
    def test_no_attack_is_a_control_sequence_of_the_driver(self, attack: str) -> None:
        # Leaving the alternate screen is one that the driver itself sends; from a widget it comes within a frame.
        if attack != "\x1b[?1049l\x1b[?25h":
            assert not _CONTROL.fullmatch(attack)

    @given(hostile_text)
    def test_a_frame_that_holds_text_is_never_one(self, text: str) -> None:
        assert not _CONTROL.fullmatch(f"\x1b[1;1H{text}")
