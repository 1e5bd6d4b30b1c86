"""A queue of a real Redis is emptied from its row, and filled again from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue as RqQueue

from tests.servers.redis import StartRedis, start
from tests.ui.acting.deck import SELDOM_S, Deck, deck, now
from tests.ui.pictures import sighting
from triage_tui.actions.act import Came
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Kind, Sighting
from triage_tui.model.redis import RedisData
from triage_tui.sources.redis import RedisSource

__all__ = ["start"]

pytestmark = pytest.mark.redis

JOBS = 3


@pytest.fixture
def server(start: StartRedis) -> EmbeddedServer:
    return start("8", tcp=True)


@pytest.fixture
def mail(server: EmbeddedServer) -> Iterator[RqQueue]:
    """A queue with a few jobs."""
    with redis.Redis.from_url(server.url) as client:
        queue = RqQueue("mail", connection=client)
        for number in range(JOBS):
            queue.enqueue("shop.send", number)
        yield queue


def spec(server: EmbeddedServer) -> RedisSpec:
    return RedisSpec("broker", Secret(server.url), interval_s=SELDOM_S)


async def seen(server: EmbeddedServer) -> Sighting:
    """As our own source sees it."""
    source = RedisSource(spec(server))
    try:
        look = await source.observe()
    finally:
        await source.aclose()
    assert isinstance(look.data, RedisData), look
    return sighting(Kind.REDIS, "broker", "redis://here", look.data)


async def done(screen: Deck, key: str) -> None:
    """Press a key on the row, confirm in whatever way is asked for, and see it done."""
    before = len(screen.doings)
    await screen.press(key)
    asking = await screen.asked()
    assert asking.question is not None
    word = asking.question.word
    await screen.press(*([*word, "ctrl+y"] if word is not None else ["y"]))
    await screen.until("another run", lambda: len(screen.doings) > before)
    doing = await screen.over()
    assert doing.result is not None
    assert doing.result.came is Came.DONE, doing.result


async def test_it_is_emptied_and_filled_again_by_keys_that_only_its_row_has(
    server: EmbeddedServer, mail: RqQueue, state: Path
) -> None:
    async with deck(now(await seen(server)), state, spec(server)) as screen:
        assert "purge" not in screen.lines[-1]
        await screen.press("4")
        assert "D purge" in screen.lines[-1]
        assert "restore" not in screen.lines[-1]
        await done(screen, "D")
        assert mail.count == 0
        await screen.press("j", "k")
        await screen.until("the way back", lambda: "Z restore" in screen.lines[-1])
        await done(screen, "Z")
        assert mail.count == JOBS
        await screen.until("no way back twice", lambda: "restore" not in screen.lines[-1])
        assert screen.records == ["intent", "result"] * 2


async def test_it_is_paused_and_goes_on(server: EmbeddedServer, mail: RqQueue, state: Path) -> None:
    async with deck(now(await seen(server)), state, spec(server)) as screen:
        await screen.press("4")
        assert "P pause" in screen.lines[-1]
        await done(screen, "P")
        await screen.show(now(await seen(server)))
        await screen.until("the way back", lambda: "U resume" in screen.lines[-1])
        await done(screen, "U")
