"""Celery's own library produces and a worker of its own takes; kombu's own count is the measure."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from celery import Celery

from tests.engines.redis.celery_app import app, send, wait
from tests.engines.redis.looking import Watching, data_of, queues
from triage_tui.lab.embedded.server import EmbeddedServer
from triage_tui.model.redis import Queue
from triage_tui.sources.redis import RedisSource

pytestmark = pytest.mark.redis

ROOT = Path(__file__).parents[3]


@pytest.fixture
def producer(server: EmbeddedServer) -> Iterator[Celery]:
    """The application, connected to this test's server."""
    app.conf.broker_url = server.url
    app.conf.broker_transport_options = {"global_keyprefix": ""}
    app.set_current()
    yield app
    app.close()
    app._pool = None
    app.amqp._producer_pool = None


def kombu_counts(producer: Celery, queue: str) -> int:
    """What kombu itself says waits in a queue, over all priorities."""
    with producer.connection_for_read() as connection:
        channel = connection.channel()
        count: int = channel.queue_declare(queue, passive=True).message_count
        channel.close()
    return count


@contextmanager
def worker(url: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker in a process of its own; killed, not asked to leave, when the block ends."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "celery", "-A", "tests.engines.redis.celery_app", "worker"),
            *(
                "--pool",
                "threads",
                "--concurrency",
                "1",
                "--without-mingle",
                "--loglevel",
                "CRITICAL",
                *arguments,
            ),
        ],
        cwd=ROOT,
        env={**os.environ, "BROKER": url, "C_FORCE_ROOT": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def until(
    source: RedisSource, subject: str, wanted: dict[str, object], timeout_s: float = 60.0
) -> Queue:
    """Look until a queue is as wanted. Fails with what it was instead."""
    give_up_at = time.monotonic() + timeout_s
    while True:
        found = {queue.subject: queue for queue in data_of(await source.observe()).queues}.get(subject)
        if found is not None and all(getattr(found, name) == value for name, value in wanted.items()):
            return found
        assert time.monotonic() < give_up_at, f"{subject} is {found} instead of {wanted}"


async def test_depth_with_priorities_and_eta(
    server: EmbeddedServer, producer: Celery, client: redis.Redis, watch: Watching
) -> None:
    for number in range(5):
        send.apply_async((number,), queue="celery")
    for priority in (0, 2, 3, 5, 6, 9):
        send.apply_async((priority,), queue="paint", priority=priority)
    send.apply_async((1,), queue="mail", countdown=3600)
    source = watch(server.url)

    found = await queues(source)

    assert {name: queue.waiting for name, queue in found.items()} == {
        "celery:celery": 5,
        "celery:paint": 6,
        "celery:mail": 1,
    }
    for name in ("celery", "paint", "mail"):
        assert found[f"celery:{name}"].waiting == kombu_counts(producer, name)
    assert client.llen("paint") < 6, "all messages have one priority: the test proves nothing"
    assert found["celery:celery"].in_flight == 0
    assert found["celery:celery"].dead is None, "Celery knows no dead jobs"
    assert found["celery:celery"].oldest_age_s is None
    assert found["celery:celery"].head_unchanged_s == 0
    assert found["celery:celery"].workers == 0

    later = (await queues(source))["celery:celery"].head_unchanged_s
    assert later is not None
    assert later > 0
    client.rpop("celery")
    assert (await queues(source))["celery:celery"].head_unchanged_s == 0


async def test_what_a_worker_holds_and_what_its_death_leaves(
    server: EmbeddedServer, producer: Celery, client: redis.Redis, watch: Watching
) -> None:
    wait.apply_async((600,), queue="mail")
    for number in range(9):
        send.apply_async((number,), queue="mail")
    source = watch(server.url)
    with worker(server.url, "-Q", "mail"):
        # One runs, and the prefetch of four takes the rest of them.
        held = await until(source, "celery:mail", {"in_flight": 4, "waiting": 6})
        assert held.in_flight == client.hlen("unacked")
        assert held.in_flight_shared
        assert held.in_flight_age_s is not None
        assert held.in_flight_age_s < 60
        assert held.workers is None, "workers cannot be counted while there are some"
        assert {queue.name for queue in data_of(await source.observe()).queues} == {"mail"}
    left = await until(source, "celery:mail", {"workers": 0})
    assert left.in_flight == 4


async def test_a_prefix_is_found_by_the_keys_themselves(
    server: EmbeddedServer, producer: Celery, client: redis.Redis, watch: Watching
) -> None:
    producer.conf.broker_transport_options = {"global_keyprefix": "shop:"}
    for number in range(3):
        send.apply_async((number,), queue="mail")
    assert client.llen("shop:mail") == 3
    found = await queues(watch(server.url))
    assert found["celery:shop:mail"].waiting == 3
    assert set(found) == {"celery:shop:mail"}, "a binding is written when its queue is first used"


async def test_separator_and_steps_of_the_settings(
    server: EmbeddedServer, producer: Celery, client: redis.Redis, watch: Watching
) -> None:
    producer.conf.broker_transport_options = {"sep": ":", "priority_steps": list(range(10))}
    for priority in range(10):
        send.apply_async((priority,), queue="paint", priority=priority)
    assert client.llen("paint:4") == 1
    found = await queues(watch(server.url, celery_separator=":", celery_priorities=tuple(range(10))))
    assert found["celery:paint"].waiting == 10 == kombu_counts(producer, "paint")
