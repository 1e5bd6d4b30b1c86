"""Huey's own library produces; what it cannot tell stays unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import redis
from huey import PriorityRedisHuey, RedisHuey

from tests.engines.redis.looking import Watching, searched
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis


async def test_depth_and_delay(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """A list and a schedule; names lose everything but letters and digits."""
    huey = RedisHuey("shop-mail", connection_pool=client.connection_pool, utc=True)

    @huey.task()
    def send(number: int) -> int:
        return number

    for number in range(4):
        send(number)
    send.schedule((9,), eta=datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1))
    # A consumer moves what is for later into the schedule; the producer puts everything into the list.
    task = huey.dequeue()
    assert task is not None

    found = await searched(watch(server.url))

    (subject,) = [name for name in found if name.startswith("huey:")]
    assert found[subject].waiting == huey.pending_count() == 4
    assert found[subject].dead is None
    assert found[subject].in_flight is None
    assert found[subject].oldest_age_s is None


async def test_the_priority_storage(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """A sorted set instead of a list."""
    huey = PriorityRedisHuey("urgent", connection_pool=client.connection_pool)

    @huey.task(priority=7)
    def send(number: int) -> int:
        return number

    for number in range(3):
        send(number)
    found = await searched(watch(server.url))
    assert found["huey:urgent"].waiting == huey.pending_count() == 3


async def test_what_is_for_later(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    """The schedule of the consumer."""
    huey = RedisHuey("later", connection_pool=client.connection_pool)

    @huey.task()
    def send(number: int) -> int:
        return number

    send(1)
    huey.add_schedule(send.s(2, eta=datetime.now() + timedelta(hours=1)))  # noqa: DTZ005
    found = await searched(watch(server.url))
    assert found["huey:later"].delayed == huey.scheduled_count() == 1
