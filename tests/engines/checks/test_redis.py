"""Questions to a real Redis, and about queues in it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import redis

from tests.actions.checks.watched import Watched, asked, asked_all
from tests.faults.proxy import FaultProxy
from tests.servers.redis import redis_binary
from triage_tui.actions.checks.answer import Question
from triage_tui.actions.checks.runner import ask_all
from triage_tui.actions.checks.site import Site
from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.lab.embedded.redis import start_redis
from triage_tui.lab.embedded.server import EmbeddedServer

IDS = ("redis.ping", "redis.memory", "redis.persistence", "redis.slowlog")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with start_redis(tmp_path_factory.mktemp("redis"), binary=redis_binary("6.2"), tcp=True) as one:
        yield one


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(server.url) as one:
        yield one
        one.config_set("maxmemory", 0)
        one.flushall()


def on(url: str) -> Watched:
    return Watched(RedisSpec("kv", Secret(url)))


@pytest.mark.covers("redis.ping redis.memory redis.persistence redis.slowlog", "success")
async def test_a_server_that_is_well(server: EmbeddedServer, client: redis.Redis) -> None:
    answers = await asked_all(on(server.url), *(Question(id, "kv") for id in IDS))
    assert [one.outcome for one in answers] == ["pass"] * len(IDS), answers
    assert "without a limit" in answers[1].message


async def test_full_memory_is_a_failure_with_its_numbers(server: EmbeddedServer, client: redis.Redis) -> None:
    client.set("large", b"x" * 4_000_000)
    client.config_set("maxmemory", 4_500_000)
    told = await asked(on(server.url), "redis.memory", "kv")
    assert told.outcome == "fail", told
    assert any("of 4.3M" in line for line in told.lines), told


@pytest.mark.covers("queue.depths queue.workers", "success")
@pytest.mark.covers("queue.depths queue.workers", "gone")
async def test_queues(server: EmbeddedServer, client: redis.Redis) -> None:
    none = await asked(on(server.url), "queue.depths", "kv")
    assert (none.outcome, none.message) == ("unknown", "no queue was found")
    client.sadd("rq:queues", "rq:queue:mail")
    client.rpush("rq:queue:mail", *[f"job-{number}" for number in range(7)])
    depth = await asked(on(server.url), "queue.depths", "kv", "rq:mail")
    assert "rq:mail: 7 wait" in (depth.message, *depth.lines)[0] or "rq:mail: 7 wait" in depth.lines[0]
    alone = await asked(on(server.url), "queue.workers", "kv", "rq:mail")
    assert alone.outcome in ("fail", "warn"), alone
    missing = await asked(on(server.url), "queue.depths", "kv", "rq:none")
    assert missing.outcome == "unknown", missing
    other = await asked(on(server.url), "queue.workers", "kv", "rq:none")
    assert (other.outcome, "rq:mail" in other.lines[0]) == ("unknown", True)


async def test_without_rights_and_without_a_server(server: EmbeddedServer, client: redis.Redis) -> None:
    client.execute_command(
        "ACL", "SETUSER", "nosy", "on", ">nosy", "~*", "+info", "+ping", "+hello", "+client"
    )
    parts = urlsplit(server.url)
    told = await asked(on(f"redis://nosy:nosy@{parts.hostname}:{parts.port}"), "redis.slowlog", "kv")
    assert told.outcome == "unknown"
    assert told.lines
    wrong = await asked(on(f"redis://nosy:wrong@{parts.hostname}:{parts.port}"), "redis.memory", "kv")
    assert (wrong.outcome, wrong.message.partition(":")[0]) == ("unknown", "auth")
    assert "wrong@" not in wrong.message + "".join(wrong.lines)
    client.execute_command("ACL", "DELUSER", "nosy")


async def test_down_and_silent(server: EmbeddedServer) -> None:
    parts = urlsplit(server.url)
    with FaultProxy((parts.hostname or "", parts.port or 0)) as proxy:
        watched = on(f"redis://127.0.0.1:{proxy.port}")
        proxy.refuse()
        ping, memory, port = await ask_all(
            [Question("redis.ping", "kv"), Question("redis.memory", "kv"), Question("tcp.connect", "kv")],
            Site(watched),
        )
        assert (ping.outcome, memory.outcome, port.outcome) == ("fail", "unknown", "fail")
        proxy.blackhole()
        ping, port = await ask_all(
            [Question("redis.ping", "kv"), Question("tcp.connect", "kv")], Site(watched)
        )
        assert (ping.outcome, port.outcome) == ("fail", "pass"), "the port separates a hang from an end"
