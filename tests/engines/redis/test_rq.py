"""RQ's own library produces and works; our numbers must be its numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import redis
from rq import Queue, SimpleWorker
from rq.registry import FailedJobRegistry, ScheduledJobRegistry, StartedJobRegistry
from rq.suspension import suspend

from tests.engines.redis.looking import Watching, queues
from triage_tui.lab.embedded.server import EmbeddedServer

pytestmark = pytest.mark.redis


def fails() -> None:
    raise ValueError("as it should")


async def test_depth_age_later_and_dead(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    mail, quiet = Queue("mail", connection=client), Queue("quiet", connection=client)
    for _ in range(7):
        mail.enqueue(print, "hello")
    mail.enqueue_in(timedelta(hours=1), print, "later")
    failing = Queue("failing", connection=client)
    failing.enqueue(fails)
    SimpleWorker([failing], connection=client).work(burst=True)
    quiet.enqueue(print, "only")
    SimpleWorker([quiet], connection=client).work(burst=True)
    first = mail.get_jobs(0, 1)[0]
    assert first.enqueued_at is not None
    age = (
        datetime.now(UTC) - first.enqueued_at.replace(tzinfo=first.enqueued_at.tzinfo or UTC)
    ).total_seconds()

    found = await queues(watch(server.url))

    assert set(found) == {"rq:mail", "rq:failing", "rq:quiet"}
    assert found["rq:mail"].waiting == mail.count == 7
    assert (
        found["rq:mail"].delayed
        == ScheduledJobRegistry("mail", connection=client).get_job_count(cleanup=False)
        == 1
    )
    assert found["rq:mail"].oldest_age_s == pytest.approx(age, abs=20)
    assert found["rq:mail"].in_flight == 0
    assert found["rq:mail"].workers == 0
    assert found["rq:mail"].paused is False
    assert (
        found["rq:failing"].dead
        == FailedJobRegistry("failing", connection=client).get_job_count(cleanup=False)
        == 1
    )
    assert found["rq:quiet"].waiting == 0
    assert found["rq:quiet"].oldest_age_s is None


async def test_in_flight_workers_and_abandoned(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    mail = Queue("mail", connection=client)
    jobs = [mail.enqueue(print, number) for number in range(3)]
    worker, other = SimpleWorker([mail], connection=client), SimpleWorker([mail], connection=client)
    worker.register_birth()
    other.register_birth()
    # What a killed worker leaves: its name in the registry, its own key expired.
    client.delete(other.key)
    source = watch(server.url)
    assert (await queues(source))["rq:mail"].workers == 1

    job, _ = Queue.dequeue_any([mail], timeout=None, connection=client)
    worker.prepare_job_execution(job)
    worker.prepare_execution(job)
    found = (await queues(source))["rq:mail"]
    assert found.waiting == mail.count == len(jobs) - 1
    assert found.in_flight == len(
        StartedJobRegistry("mail", connection=client).get_job_ids(cleanup=False)
    ) + int(client.llen(mail.intermediate_queue_key))
    assert found.in_flight
    assert found.stalled == 0

    running = StartedJobRegistry("mail", connection=client)
    for member in client.zrange(running.key, 0, -1):
        client.zadd(running.key, {member: 1})
    found = (await queues(source))["rq:mail"]
    assert found.stalled == 1
    assert running.get_job_count(cleanup=False) == 1, "looking cleaned up after somebody"


async def test_paused(server: EmbeddedServer, client: redis.Redis, watch: Watching) -> None:
    Queue("mail", connection=client).enqueue(print, 1)
    suspend(client)
    assert (await queues(watch(server.url)))["rq:mail"].paused is True


async def test_a_queue_that_drained_stays_and_its_head_moves(
    server: EmbeddedServer, client: redis.Redis, watch: Watching
) -> None:
    mail = Queue("mail", connection=client)
    old = mail.enqueue(print, "old")
    client.hset(old.key, "enqueued_at", "2026-01-01T00:00:00.000000Z")
    mail.enqueue(print, "new")
    source = watch(server.url)
    before = (await queues(source))["rq:mail"].oldest_age_s
    assert before is not None
    assert before > 24 * 3600
    client.lpop(mail.key)
    after = (await queues(source))["rq:mail"].oldest_age_s
    assert after is not None
    assert after < 60
    client.lpop(mail.key)
    drained = (await queues(source))["rq:mail"]
    assert (drained.waiting, drained.oldest_age_s, drained.head_unchanged_s) == (0, None, None)
