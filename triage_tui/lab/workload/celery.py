"""Celery's side of Redis, written as kombu writes it: the queues, what workers hold, and a worker that waits."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import uuid
from typing import Any, NoReturn

from redis.asyncio import Redis

from triage_tui.lab.workload.tide import Tide

PREFETCHED = 4
"""Messages that one worker holds: what it runs and what it fetched ahead."""

PRIORITIES = ("", "\x06\x163", "\x06\x166", "\x06\x169")
TICK_S = 0.5
BATCH = 500
"""Messages of one pipeline, when a queue starts with thousands."""


async def work_off(client: Redis, queue: str, task: str, tide: Tide, *, start: int) -> NoReturn:
    """A queue with one worker, whose depth follows the tide.

    start: depth to begin with, where the queue is not there yet
    """
    depth = await client.llen(queue)
    while depth < start:
        depth = await _send(client, queue, task, min(BATCH, start - depth))
    held: list[str] = []
    while True:
        came, done = tide.pass_time(depth, TICK_S)
        depth = await _send(client, queue, task, came)
        fetched: Any = await client.rpop(queue, done + PREFETCHED - len(held))
        held += await _hold(client, queue, fetched or [])
        await _acknowledge(client, held[:done])
        del held[:done]
        await asyncio.sleep(TICK_S)


async def wait_for_work(client: Redis, queue: str) -> NoReturn:
    """A worker with nothing to do: a blocked client, as healthy workers are."""
    while True:
        await client.sadd(f"_kombu.binding.{queue}", f"{queue}\x06\x16\x06\x16{queue}")
        await client.brpop([queue + priority for priority in PRIORITIES], timeout=1)


async def _send(client: Redis, queue: str, task: str, count: int) -> int:
    """Publish messages; returns the depth after that."""
    async with client.pipeline(transaction=False) as batch:
        batch.sadd(f"_kombu.binding.{queue}", f"{queue}\x06\x16\x06\x16{queue}")
        for _ in range(count):
            batch.lpush(queue, _message(queue, task))
        batch.llen(queue)
        depth: int = (await batch.execute())[-1]
    return depth


async def _hold(client: Redis, queue: str, fetched: list[str]) -> list[str]:
    """Note messages as fetched and not yet acknowledged; returns their delivery tags."""
    tags: list[str] = []
    if fetched:
        async with client.pipeline(transaction=True) as batch:
            for raw in fetched:
                message = json.loads(raw)
                tag = message["properties"]["delivery_tag"]
                batch.zadd("unacked_index", {tag: time.time()})
                batch.hset("unacked", tag, json.dumps([message, "", queue]))
                tags.append(tag)
            await batch.execute()
    return tags


async def _acknowledge(client: Redis, tags: list[str]) -> None:
    if tags:
        async with client.pipeline(transaction=True) as batch:
            batch.zrem("unacked_index", *tags)
            batch.hdel("unacked", *tags)
            await batch.execute()


def _message(queue: str, task: str) -> str:
    """One task message, protocol 2."""
    task_id = str(uuid.uuid4())
    body = base64.b64encode(json.dumps([[task_id], {}, {"callbacks": None, "errbacks": None}]).encode())
    return json.dumps(
        {
            "body": body.decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"lang": "py", "task": task, "id": task_id, "retries": 0, "origin": "shop-web"},
            "properties": {
                "correlation_id": task_id,
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": queue},
                "priority": 0,
                "body_encoding": "base64",
                "delivery_tag": str(uuid.uuid4()),
            },
        }
    )
