"""What a user may not ask is named, with the rule that would help; the rest is there."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

import pytest
import redis

from tests.engines.redis.looking import READS, Watching, calls, calls_between, data_of, searched
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis

ENOUGH = (
    "-@all +info +ping +dbsize +type +scan +sscan +smembers +scard +llen +lindex +lrange +zcard +zcount +zrange +zscore"
    " +hlen +hget +hmget +exists +ttl +pttl +xlen +xinfo +xpending +strlen +select +slowlog|get +slowlog|len"
    " +client|list +client|info +client|setname +latency|latest +config|get +memory|usage +memory|stats"
)
"""As the README names it."""


def fill(client: redis.Redis) -> None:
    """A queue of several systems."""
    client.sadd("_kombu.binding.mail", "mail\x06\x16\x06\x16mail")
    client.rpush("mail", json.dumps({"headers": {"id": "1"}}))
    client.sadd("rq:queues", "rq:queue:default")
    client.rpush("rq:queue:default", "job")
    client.hset("bull:images:meta", "opts.maxLenEvents", 10)
    client.rpush("bull:images:wait", "1")
    client.xadd("events", {"n": 1})
    client.xgroup_create("events", "billing", id="0")


def as_user(client: redis.Redis, server: EmbeddedServer, rules: str) -> str:
    """The server's url for a user with these rules."""
    client.acl_setuser("watcher", enabled=True, reset=True, passwords=["+pw"], keys=["*"])
    client.execute_command("ACL", "SETUSER", "watcher", *rules.split())
    return f"redis://watcher:pw@127.0.0.1:{urlsplit(server.url).port}/0"


async def test_the_rules_of_the_readme_are_enough(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """Nothing is missing."""
    fill(client)
    source = watch(as_user(client, server, ENOUGH))
    found = await searched(source)
    assert set(found) == {"celery:mail", "rq:default", "bullmq:images", "stream:events/billing"}
    observation = await source.observe()
    assert observation.gaps == ()
    assert data_of(observation).slowlog is not None


@pytest.mark.parametrize(
    ("missing", "part"),
    [
        ("-slowlog", "slowlog"),
        ("-scan", "queues"),
        ("-llen", "queues"),
        ("-xinfo", "queues"),
        ("-zcard", "queues"),
    ],
)
async def test_less_hides_a_part_and_says_which_rule_helps(
    server: EmbeddedServer, client: redis.Redis, watch: Watching, missing: str, part: str
) -> None:
    """Memory and rates are there all the same."""
    fill(client)
    source = watch(as_user(client, server, f"{ENOUGH} {missing}"))
    for _ in range(5):
        observation = await source.observe()
    data = data_of(observation)
    assert data.memory.used_bytes
    gaps = [gap for gap in observation.gaps if gap.part.startswith(part)]
    assert gaps, observation.gaps
    said = " ".join(gap.problem.message + gap.problem.next_step for gap in gaps)
    assert missing.removeprefix("-") in said.lower()
    assert "ACL SETUSER" in said
    assert "watcher" in said


async def test_without_info_nothing_is_known(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """And the words say what is needed."""
    observation = await watch(as_user(client, server, f"{ENOUGH} -info")).observe()
    assert observation.data is None or observation.gaps
    problems = [observation.problem, *(gap.problem for gap in observation.gaps)]
    assert any(problem and "+info" in problem.next_step for problem in problems)


async def test_only_reads_are_sent_and_few_of_them(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """By the server's own account, over many looks."""
    fill(client)
    source = watch(server.url)
    await searched(source)
    before = calls(client)
    looks = 10
    for _ in range(looks):
        data_of(await source.observe())
    sent = calls_between(before, calls(client))
    assert set(sent) <= READS, set(sent) - READS
    assert sum(sent.values()) <= 60 * looks, sent


async def test_keys_are_searched_in_small_steps(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    """No step is long, a queue among the keys is found, and the search says how far it has come."""
    keys = 20_000
    client.eval(f"for n = 1, {keys} do redis.call('set', 'cache:' .. n, n) end", 0)
    client.hset("bull:images:meta", "opts.maxLenEvents", 10)
    client.rpush("bull:images:wait", "1")
    source = watch(server.url)
    progress: list[float | None] = []
    async with asyncio.timeout(60):
        while not progress or progress[-1] != 1:
            data = data_of(await source.observe())
            progress.append(data.queues_scan)
            await asyncio.sleep(0.1)
    known = [done for done in progress if done is not None]
    assert known == sorted(known)
    assert known[0] < 1, "a single look searched everything"
    assert "bullmq:images" in {queue.subject for queue in data.queues}
    scans = client.info("commandstats")["cmdstat_scan"]
    # COUNT is 1,000 at most, and there are two passes: all keys, then those that are streams.
    assert scans["calls"] >= 2 * keys / 1000
