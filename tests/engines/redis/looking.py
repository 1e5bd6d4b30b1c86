"""Looks at real servers, and what they must have brought."""

from __future__ import annotations

from typing import Any

import redis

from triage_tui.config.secret import Secret
from triage_tui.config.settings import RedisSpec
from triage_tui.model import Observation, State
from triage_tui.model.redis import Queue, RedisData
from triage_tui.sources.clock import CLOCK, Clock
from triage_tui.sources.redis import RedisSource

READS = frozenset(
    {
        "hello",
        "auth",
        "select",
        "client|setname",
        "client",
        "info",
        "dbsize",
        "slowlog|get",
        "slowlog",
        "scan",
        "sscan",
        "type",
        "exists",
        "llen",
        "lindex",
        "lrange",
        "zcard",
        "zcount",
        "zrange",
        "hlen",
        "hget",
        "hmget",
        "xinfo|groups",
        "xinfo|stream",
        "xinfo|consumers",
        "xinfo",
        "xpending",
    }
)
"""Everything that a source may send, as INFO commandstats names it (6.2 knows no subcommands)."""


class Watching:
    """Makes sources and closes them."""

    def __init__(self) -> None:
        self._sources: list[RedisSource] = []

    def __call__(self, url: str, clock: Clock = CLOCK, **options: Any) -> RedisSource:
        source = RedisSource(RedisSpec("shop-redis", Secret(url), **options), clock)
        self._sources.append(source)
        return source

    async def aclose(self) -> None:
        for source in self._sources:
            await source.aclose()


def data_of(observation: Observation) -> RedisData:
    """The data of a look that must have succeeded."""
    assert observation.state is State.LIVE, observation.problem
    assert isinstance(observation.data, RedisData)
    return observation.data


async def queues(source: RedisSource) -> dict[str, Queue]:
    """The queues of one look that nothing kept from counting, by subject."""
    observation = await source.observe()
    data = data_of(observation)
    assert observation.gaps == ()
    return {queue.subject: queue for queue in data.queues}


def calls(client: redis.Redis) -> dict[str, int]:
    """How often the server has run each command so far."""
    statistics = client.info("commandstats")
    return {name.removeprefix("cmdstat_"): values["calls"] for name, values in statistics.items()}


def calls_between(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Commands that were run in between, without the INFO that asked."""
    grown = {name: count - before.get(name, 0) for name, count in after.items()}
    grown["info"] = grown.get("info", 0) - 1
    return {name: count for name, count in grown.items() if count}


async def searched(source: RedisSource, looks: int = 50) -> dict[str, Queue]:
    """The queues after the search through all keys has come to its end, by subject."""
    for _ in range(looks):
        data = data_of(await source.observe())
        if data.queues_scan == 1:
            return {queue.subject: queue for queue in data.queues}
    raise AssertionError(f"the search did not end in {looks} looks: {data.queues_scan}")
