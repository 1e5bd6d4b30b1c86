"""Sidekiq's layout, written command by command as its source does: Ruby is not at hand."""

from __future__ import annotations

import json
import time

import pytest
import redis

from tests.engines.redis.looking import Watching, queues
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis


def push(client: redis.Redis, queue: str, enqueued_at: float) -> None:
    """As Sidekiq::Client does."""
    client.sadd("queues", queue)
    client.lpush(
        f"queue:{queue}", json.dumps({"class": "Mail", "args": [], "jid": "x", "enqueued_at": enqueued_at})
    )


def process(client: redis.Redis, identity: str, served: list[str], busy: int) -> None:
    """As a process says every ten seconds that it lives."""
    client.sadd("processes", identity)
    info = json.dumps({"hostname": "web-1", "pid": 1, "concurrency": 5, "queues": served, "tag": ""})
    client.hset(identity, mapping={"info": info, "busy": busy, "beat": time.time(), "quiet": "false"})
    client.expire(identity, 60)


@pytest.mark.parametrize("unit", [1, 1000], ids=["seconds", "milliseconds"])
async def test_depth_age_and_processes(
    server: EmbeddedServer, client: redis.Redis, watch: Watching, unit: int
) -> None:
    """The oldest job is at the end of its list; its time is in seconds in old versions."""
    for age in (10, 300, 20):
        push(client, "default", 0)
        client.lset("queue:default", 0, json.dumps({"enqueued_at": (time.time() - age) * unit}))
    client.rpush("queue:default", json.dumps({"enqueued_at": (time.time() - 600) * unit}))
    push(client, "low", time.time())
    process(client, "web-1:1:abc", ["default"], 3)
    client.zadd("retry", {"a": 1, "b": 2})
    client.zadd("schedule", {"c": time.time() + 60})
    client.zadd("dead", {"d": 1})

    found = await queues(watch(server.url))

    assert found["sidekiq:default"].waiting == 4
    assert found["sidekiq:default"].oldest_age_s == pytest.approx(600, abs=30)
    assert found["sidekiq:default"].workers == 1
    assert found["sidekiq:low"].waiting == 1
    assert found["sidekiq:low"].workers == 0
    assert found["sidekiq:default"].retry == 2
    assert found["sidekiq:default"].dead == 1


async def test_a_process_that_died_is_no_worker(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """Its name stays in the set; its hash has expired."""
    push(client, "default", time.time())
    process(client, "web-1:1:abc", ["default"], 1)
    client.delete("web-1:1:abc")
    assert (await queues(watch(server.url)))["sidekiq:default"].workers == 0
