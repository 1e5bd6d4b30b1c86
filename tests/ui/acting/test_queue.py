"""A queue of a real Redis is emptied from its row, and filled again from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue as RqQueue

from tests.servers.redis import start
from tests.ui.acting.broker import look, server, shown, spec
from tests.ui.acting.deck import Deck, deck, now
from triage_tui.actions.act import Came
from triage_tui.lab.embedded.server import EmbeddedServer

__all__ = ["server", "start"]

pytestmark = pytest.mark.redis

JOBS = 3


@pytest.fixture
def mail(server: EmbeddedServer) -> Iterator[RqQueue]:
    """A queue with a few jobs."""
    with redis.Redis.from_url(server.url) as client:
        queue = RqQueue("mail", connection=client)
        for number in range(JOBS):
            queue.enqueue("shop.send", number)
        yield queue


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
    async with deck(now(shown(await look(server))), state, spec(server)) as screen:
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
    async with deck(now(shown(await look(server))), state, spec(server)) as screen:
        await screen.press("4")
        assert "P pause" in screen.lines[-1]
        await done(screen, "P")
        await screen.show(now(shown(await look(server))))
        await screen.until("the way back", lambda: "U resume" in screen.lines[-1])
        await done(screen, "U")
