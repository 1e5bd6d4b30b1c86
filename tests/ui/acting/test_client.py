"""A client of a real Redis is closed from its row, and no other in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from msgspec.structs import replace

from tests.servers.redis import start
from tests.ui.acting.broker import look, server, shown, spec
from tests.ui.acting.deck import deck, now
from triage_tui.actions.act import Came
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model.redis import Client, ClientList, RedisData

__all__ = ["server", "start"]

pytestmark = pytest.mark.redis


@pytest.fixture
def mailer(server: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client with one connection."""
    with redis.Redis.from_url(server.url, single_connection_client=True, client_name="mailer") as client:
        client.ping()
        yield client


def only(data: RedisData, **changed: object) -> RedisData:
    """The mailer alone, with something about it changed."""
    assert data.client_list is not None
    client = next(one for one in data.client_list.clients if one.name == "mailer")
    other: Client = replace(client, **changed)
    return replace(data, client_list=ClientList((other,), 1))


def is_there(server: EmbeddedServer, number: int) -> bool:
    with redis.Redis.from_url(server.url) as other:
        return any(one["id"] == str(number) for one in other.client_list())


async def test_it_is_closed_by_the_key_of_its_row(
    server: EmbeddedServer, mailer: redis.Redis, state: Path
) -> None:
    number = mailer.client_id()
    async with deck(now(shown(only(await look(server)))), state, spec(server)) as screen:
        await screen.press("4", "t", "K")
        asking = await screen.asked()
        assert asking.question is not None
        assert f"client {number} at " in screen.text
        assert "(mailer)" in screen.text
        assert is_there(server, number), "asking has closed it"
        word = asking.question.word
        await screen.press(*([*word, "ctrl+y"] if word is not None else ["y"]))
        await screen.until("a run", lambda: bool(screen.doings))
        doing = await screen.over()
        assert doing.result is not None
        assert doing.result.came is Came.DONE, doing.result
    assert not is_there(server, number)


async def test_another_client_under_its_id_is_not_taken_for_it(
    server: EmbeddedServer, mailer: redis.Redis, state: Path
) -> None:
    number = mailer.client_id()
    data = only(await look(server), address="10.0.0.1:4711")
    async with deck(now(shown(data)), state, spec(server)) as screen:
        await screen.press("4", "t", "K")
        await screen.until("a refusal", lambda: "changed" in screen.text)
        assert not screen.doings
    assert is_there(server, number)


async def test_a_list_that_is_older_than_the_look_is_not_acted_on(
    server: EmbeddedServer, mailer: redis.Redis, state: Path
) -> None:
    number = mailer.client_id()
    data = only(await look(server))
    assert data.client_list is not None
    old = replace(data, client_list=replace(data.client_list, age_s=60.0))
    often = replace(spec(server), interval_s=2.0)
    async with deck(now(shown(old)), state, often) as screen:
        await screen.press("4", "t", "K")
        await screen.until("a refusal", lambda: "what is on the screen is" in screen.text)
        assert not screen.doings
    assert is_there(server, number)
