"""Guides in the cockpit: asked, matched, read section by section, copied; no key waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual import events

from tests.guides.writing import guide
from tests.ui.cockpit import NARROW, WIDE, Cockpit, cockpit

BOUND_S = 30.0

BODY = """
## Symptoms

Writes **fail** with `OOM`.

## Checks

```bash
# expect: PONG
redis-cli ping
docker exec x sh -c '
  one
  two'
```

## Fix

1. Wait.

## Verify

| what | is |
| --- | --- |
| ping | PONG |
"""


@pytest.fixture
def guides(tmp_path: Path) -> Sequence[Path]:
    """A folder with two guides that know of each other."""
    guide(
        tmp_path,
        "redis/full",
        "severity: critical\nimpact: nothing is stored\nsignatures: [{text: OOM command not allowed}]\n"
        "symptoms: [{signal: queue.waiting, op: '>', value: 10, weight: 3}]\nrelated: [host/disk]",
        BODY,
        title="Redis refuses writes",
    )
    guide(tmp_path, "host/disk", "related: [redis/full]", title="A disk is full")
    return [tmp_path]


async def until(screen: Cockpit, words: str) -> None:
    """Until the screen shows some words."""
    async with asyncio.timeout(BOUND_S):
        while words not in screen.text:
            await asyncio.sleep(0.02)
            await screen.settle()


async def paste(screen: Cockpit, text: str) -> None:
    """Paste, as a terminal does."""
    screen.app.post_message(events.Paste(text))
    await screen.settle()


@pytest.mark.parametrize("size", [NARROW, WIDE, (200, 60)])
async def test_what_is_wrong_now_comes_first_and_says_why(
    guides: Sequence[Path], size: tuple[int, int]
) -> None:
    async with cockpit(size=size, guides=guides) as screen:
        await screen.press("g")
        await until(screen, "Guides for now")
        assert "Redis refuses writes" in screen.text
        assert "queue.waiting > 10" in screen.text
        assert "A disk is full" not in screen.text


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_question_is_answered_while_it_is_typed(
    guides: Sequence[Path], size: tuple[int, int]
) -> None:
    async with cockpit(size=size, guides=guides) as screen:
        await screen.press("g", "slash", *"disk is fu")
        await until(screen, "host/disk")
        assert "disk in the title" in screen.text
        await screen.press("escape")
        assert "disk in the title" not in screen.text


async def test_a_question_that_nothing_answers_says_so(guides: Sequence[Path]) -> None:
    async with cockpit(guides=guides) as screen:
        await screen.press("g", "slash", *"xylophone")
        await until(screen, "no guide answers that")


async def test_an_entry_is_read_section_by_section(guides: Sequence[Path]) -> None:
    async with cockpit(guides=guides) as screen:
        await screen.press("g", "slash", *"redis", "enter")
        await until(screen, "redis/full")
        await screen.press("enter")
        await until(screen, "▸Symptoms")
        assert "Writes fail with OOM." in screen.text
        assert "redis-cli ping" not in screen.text
        await screen.press("right_square_bracket")
        assert "▸Checks" in screen.text
        assert "▸redis-cli ping" in screen.text
        await screen.press("j")
        assert "▸docker exec x sh -c '" in screen.text
        assert "│  two'" in screen.text
        await screen.press(*["right_square_bracket"] * 9)
        assert "▸More" in screen.text
        assert "nothing is stored" in screen.text
        await screen.press("left_square_bracket")
        assert "ping: PONG" in screen.text


async def test_a_command_is_copied_whole_and_only_by_its_key(guides: Sequence[Path]) -> None:
    async with cockpit(guides=guides) as screen:
        copied: list[str] = []
        screen.app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await screen.press("g", "slash", *"redis", "enter")
        await until(screen, "redis/full")
        await screen.press("enter")
        await until(screen, "▸Symptoms")
        await screen.press("right_square_bracket", "j")
        assert copied == []
        await screen.press("y")
        assert copied == ["docker exec x sh -c '\n  one\n  two'"]
        assert "copied: docker exec" in screen.lines[-1]


async def test_a_command_within_a_sentence_is_copied_as_well(tmp_path: Path) -> None:
    body = "\n## Fix\n\n1. **Low:** set `maxmemory` by `config set maxmemory 2gb`, then `docker restart x`.\n"
    guide(tmp_path, "redis/full", body=body, title="Redis is full")
    async with cockpit(guides=[tmp_path]) as screen:
        copied: list[str] = []
        screen.app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await screen.press("g", "slash", *"redis", "enter")
        await until(screen, "redis/full")
        await screen.press("enter")
        await until(screen, "▸1. Low: set maxmemory by")
        await screen.press("y", "j", "y")
        assert copied == ["config set maxmemory 2gb", "docker restart x"]


async def test_links_are_followed_and_the_way_leads_back_and_forward(guides: Sequence[Path]) -> None:
    async with cockpit(guides=guides) as screen:
        await screen.press("g", "slash", *"redis", "enter")
        await until(screen, "redis/full")
        await screen.press("enter")
        await until(screen, "▸Symptoms")
        await screen.press(*["right_square_bracket"] * 9)
        await screen.press("enter")
        await until(screen, "A disk is full")
        assert "▸Checks" in screen.text
        await screen.press("h")
        assert "▸More" in screen.text
        await screen.press("l")
        assert "A disk is full" in screen.text
        await screen.press("h", "h")
        assert "redis in the title" in screen.text


async def test_a_pasted_log_is_matched_wherever_the_keys_are(guides: Sequence[Path]) -> None:
    log = "Traceback:\n  File x\nredis.exceptions: OOM command not allowed when used\n"
    async with cockpit(guides=guides) as screen:
        await screen.press("g")
        await paste(screen, log)
        await until(screen, "this line is known")
        assert "its signature found" in screen.text
        await screen.press("slash")
        await paste(screen, log)
        await until(screen, "this line is known")


async def test_a_line_that_nobody_knows_is_no_match(guides: Sequence[Path]) -> None:
    async with cockpit(guides=guides) as screen:
        await screen.press("g")
        await paste(screen, "all is well")
        await until(screen, "no match: no guide knows this line")


async def test_a_guide_that_is_edited_is_shown_anew(guides: Sequence[Path]) -> None:
    async with cockpit(guides=guides) as screen:
        await screen.press("g", "slash", *"redis", "enter")
        await until(screen, "redis/full")
        await screen.press("enter")
        await until(screen, "Writes fail")
        path = guides[0] / "redis" / "full.md"
        async with asyncio.timeout(BOUND_S):
            number = 0
            while "Reads drown" not in screen.text:
                number += 1
                path.write_text(path.read_text().replace("Writes **fail**", "Reads drown") + "\n" * number)
                await asyncio.sleep(0.5)
                await screen.settle()


async def test_guides_that_cannot_be_read_are_told_and_keys_still_answer(tmp_path: Path) -> None:
    async with cockpit(guides=[tmp_path]) as screen:
        desk = screen.app._desk
        await screen.press("g")

        def broken(_library: object) -> None:
            raise OSError("the disk is gone")

        desk.ask("suggest", broken, screen.overview.sidebar.enquiry.on_suggestions)
        await until(screen, "guides cannot be read: the disk is gone")
        await screen.press("escape")
        assert not screen.overview.sidebar.display


async def test_hostile_guides_are_shown_as_they_are(tmp_path: Path) -> None:
    hostile = "\n## Fix\n\n[/foo] [b + x [$x] \x1b[31m red \u202e ltr\n\n```bash\necho \x07 [/]\n```\n"
    guide(tmp_path, "a/b", body=hostile, title="Bad [/]")
    async with cockpit(guides=[tmp_path]) as screen:
        await screen.press("g", "slash", *"bad", "enter")
        await until(screen, "a/b")
        await screen.press("enter")
        await until(screen, "[/foo] [b + x [$x] ␛[31m red <U+202E> ltr")
        assert "\x1b" not in screen.text


async def test_the_key_opens_goes_there_and_closes(guides: Sequence[Path]) -> None:
    async with cockpit(guides=guides) as screen:
        await screen.press("g")
        assert screen.overview.sidebar.has_focus_within
        screen.pane("docker").table.focus()
        await screen.press("g")
        assert screen.overview.sidebar.has_focus_within
        await screen.press("g")
        assert not screen.overview.sidebar.display
        assert screen.pane("docker").table.has_focus
