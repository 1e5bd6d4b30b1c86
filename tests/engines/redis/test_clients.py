"""The clients of real servers: in the first look, then while somebody looks at them; and when they may not be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis

from tests.engines.redis.looking import Watching, calls, data_of
from tests.engines.redis.test_rights import ENOUGH, as_user
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model.redis import CLIENTS, CLIENTS_PART, Client, RedisData

pytestmark = pytest.mark.redis


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def connected(stack: ExitStack, server: EmbeddedServer, name: str) -> redis.Redis:
    """A client with one connection of its own."""
    one = redis.Redis.from_url(server.url, single_connection_client=True, client_name=name)
    stack.callback(one.close)
    one.ping()
    return one


def named(data: RedisData, name: str) -> Client:
    assert data.client_list is not None
    return next(client for client in data.client_list.clients if client.name == name)


async def test_a_look_tells_who_is_connected(
    server: EmbeddedServer, client: redis.Redis, watch: Watching, stack: ExitStack
) -> None:
    mailer = connected(stack, server, "mailer")
    listener = connected(stack, server, "listener").pubsub()
    listener.subscribe("news")
    assert listener.get_message(timeout=30) is not None
    data = data_of(await watch(server.url).observe())
    seen = named(data, "mailer")
    assert (seen.id, seen.command, seen.user) == (mailer.client_id(), "ping", "default")
    where = {one["id"]: one["addr"] for one in client.client_list()}
    assert seen.address == where[str(seen.id)]
    assert seen.memory_bytes
    assert seen.output_bytes == 0
    assert {seen.database, seen.channels} == {0}
    assert data.client_list is not None
    assert data.client_list.age_s == 0.0
    assert "triage" not in {one.name for one in data.client_list.clients}
    assert data.client_list.total == len(data.client_list.clients)


async def test_who_takes_no_answers_stands_first(
    server: EmbeddedServer, client: redis.Redis, watch: Watching, stack: ExitStack
) -> None:
    client.set("blob", "x" * 1_000_000)
    connected(stack, server, "idle")
    slow = connected(stack, server, "slow")
    connection = slow.connection
    assert connection is not None
    # Some thirty megabytes are asked for, and nobody reads them: more than the sockets between the two hold.
    for _ in range(30):
        connection.send_command("GET", "blob")
    source = watch(server.url)
    source.focus([CLIENTS])
    for _ in range(200):
        data = data_of(await source.observe())
        assert data.client_list is not None
        if (data.client_list.clients[0].output_bytes or 0) > 1_000_000:
            break
    assert data.client_list.clients[0].name == "slow"


async def test_it_is_read_only_while_somebody_looks(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    source = watch(server.url)

    async def asked() -> int:
        before = calls(client)
        data_of(await source.observe())
        after = calls(client)
        # 6.2 counts no subcommands.
        return sum(after.get(name, 0) - before.get(name, 0) for name in ("client", "client|list"))

    await source.observe()
    assert [await asked() for _ in range(2)] == [0, 0]
    source.focus(["rq:mail", CLIENTS])
    assert [await asked() for _ in range(2)] == [1, 1]
    source.focus(["rq:mail"])
    assert [await asked() for _ in range(2)] == [0, 0]


async def test_without_the_right_to_it_the_rule_is_named_and_it_is_not_asked_for_again(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    source = watch(as_user(client, server, f"{ENOUGH} -client"))
    source.focus([CLIENTS])
    noted = []
    for _ in range(3):
        observation = await source.observe()
        data = data_of(observation)
        assert data.client_list is None
        assert data.memory.used_bytes
        (gap,) = (gap for gap in observation.gaps if gap.part == CLIENTS_PART)
        assert "+client" in gap.problem.next_step
        assert "watcher" in gap.problem.next_step
        noted.append(sum(int(entry["count"]) for entry in client.acl_log()))
    assert noted[0] >= 1
    assert noted[1:] == noted[:1] * 2
