"""RQ's side of Redis, written as RQ writes it: a queue in balance, two workers, and jobs that failed."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
import zlib
from datetime import UTC, datetime
from typing import Any, NoReturn

from redis.asyncio import Redis

QUEUE = "thumbnails"
WORKERS = ("shop-thumbs-1", "shop-thumbs-2")
DEEPEST = 60
KEPT_FAILED = 25
FAILS = 0.02
"""Share of jobs whose picture is broken."""

JOB_TIMEOUT_S = 180
WORKER_TTL_S = 420
TICK_S = 1.0


async def make_thumbnails(client: Redis) -> NoReturn:
    """About two jobs come each second; the workers keep up, one job each at a time."""
    running: dict[str, str] = {}
    while True:
        await _greet(client)
        for worker, job in running.items():
            await _finish(client, job, worker, failed=random.random() < FAILS)
        running.clear()
        if await client.llen(f"rq:queue:{QUEUE}") < DEEPEST:
            for _ in range(random.choice((1, 2, 2, 3))):
                await _enqueue(client)
        for worker in WORKERS:
            taken: Any = await client.lpop(f"rq:queue:{QUEUE}")
            if taken is not None:
                running[worker] = taken
                await _start(client, taken, worker)
        await asyncio.sleep(TICK_S)


async def _greet(client: Redis) -> None:
    """The queue's entry in the register, and a sign of life of every worker."""
    async with client.pipeline(transaction=True) as batch:
        batch.sadd("rq:queues", f"rq:queue:{QUEUE}")
        for worker in WORKERS:
            key = f"rq:worker:{worker}"
            batch.sadd("rq:workers", key)
            batch.sadd(f"rq:workers:{QUEUE}", key)
            batch.hset(key, mapping={"queues": QUEUE, "last_heartbeat": _now(), "hostname": worker})
            batch.expire(key, WORKER_TTL_S)
        await batch.execute()


async def _enqueue(client: Redis) -> None:
    job = str(uuid.uuid4())
    picture = f"{job[:8]}.jpg"
    async with client.pipeline(transaction=True) as batch:
        batch.hset(
            f"rq:job:{job}",
            mapping={
                "status": "queued",
                "created_at": _now(),
                "enqueued_at": _now(),
                "origin": QUEUE,
                "description": f"shop.thumbnails.make('{picture}')",
                "timeout": str(JOB_TIMEOUT_S),
                "data": zlib.compress(json.dumps(["shop.thumbnails.make", None, [picture], {}]).encode()),
            },
        )
        batch.rpush(f"rq:queue:{QUEUE}", job)
        await batch.execute()


async def _start(client: Redis, job: str, worker: str) -> None:
    async with client.pipeline(transaction=True) as batch:
        batch.zadd(f"rq:wip:{QUEUE}", {job: time.time() + JOB_TIMEOUT_S})
        batch.hset(
            f"rq:job:{job}", mapping={"status": "started", "started_at": _now(), "worker_name": worker}
        )
        batch.hset(f"rq:worker:{worker}", mapping={"state": "busy", "current_job": job})
        await batch.execute()


async def _finish(client: Redis, job: str, worker: str, *, failed: bool) -> None:
    registry = f"rq:failed:{QUEUE}"
    async with client.pipeline(transaction=True) as batch:
        batch.zrem(f"rq:wip:{QUEUE}", job)
        batch.hset(f"rq:worker:{worker}", mapping={"state": "idle", "current_job": ""})
        if failed:
            batch.hset(f"rq:job:{job}", mapping={"status": "failed", "ended_at": _now()})
            batch.zadd(registry, {job: time.time() + 86400})
        else:
            batch.delete(f"rq:job:{job}")
        await batch.execute()
    forgotten: Any = await client.zrange(registry, 0, -KEPT_FAILED - 1)
    for old in forgotten:
        await client.delete(f"rq:job:{old}")
        await client.zrem(registry, old)


def _now() -> str:
    """As RQ writes times: UTC with microseconds and a Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
