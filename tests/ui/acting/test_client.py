"""A client of a real Redis is closed from its row, and no other in its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from msgspec.structs import replace

from tests.servers.redis import StartRedis, start
from tests.ui.acting.deck import SELDOM_S, deck, now
from tests.ui.pictures import sighting
from triage_tui.actions.act import Came
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model import Kind
from triage_tui.model.redis import Client, ClientList, RedisData
from triage_tui.sources.redis import RedisSource

__all__ = ["start"]

pytestmark = pytest.mark.redis


@pytest.fixture
def server(start: StartRedis) -> EmbeddedServer:
    return start("8", tcp=True)


@pytest.fixture
def mailer(server: EmbeddedServer) -> Iterator[redis.Redis]:
    """A client with one connection."""
    with redis.Redis.from_url(server.url, single_connection_client=True, client_name="mailer") as client:
        client.ping()
        yield client


def spec(server: EmbeddedServer) -> RedisSpec:
    return RedisSpec("broker", Secret(server.url), interval_s=SELDOM_S)


async def look(server: EmbeddedServer) -> RedisData:
    """As our own source sees it."""
    source = RedisSource(spec(server))
    try:
        seen = await source.observe()
    finally:
        await source.aclose()
    assert isinstance(seen.data, RedisData), seen
    return seen.data


def only(data: RedisData, **changed: object) -> RedisData:
    """The mailer alone, with something about it changed."""
    assert data.client_list is not None
    client = next(one for one in data.client_list.clients if one.name == "mailer")
    shown: Client = replace(client, **changed)
    return replace(data, client_list=ClientList((shown,), 1))


def is_there(server: EmbeddedServer, number: int) -> bool:
    with redis.Redis.from_url(server.url) as other:
        return any(one["id"] == str(number) for one in other.client_list())


async def test_it_is_closed_by_the_key_of_its_row(
    server: EmbeddedServer, mailer: redis.Redis, state: Path
) -> None:
    number = mailer.client_id()
    shown = sighting(Kind.REDIS, "broker", "redis://here", only(await look(server)))
    async with deck(now(shown), state, spec(server)) as screen:
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
    async with deck(now(sighting(Kind.REDIS, "broker", "redis://here", data)), state, spec(server)) as screen:
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
    async with deck(now(sighting(Kind.REDIS, "broker", "redis://here", old)), state, often) as screen:
        await screen.press("4", "t", "K")
        await screen.until("a refusal", lambda: "what is on the screen is" in screen.text)
        assert not screen.doings
    assert is_there(server, number)
