"""Where each system keeps the jobs that wait. See sources/redis/queues for the whole of each."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from triage_tui.actions.act import Refused
from triage_tui.actions.queues.identity import Named
from triage_tui.config.settings import RedisSpec

TOMBSTONE = b"triage:purged:"
"""Begins with no prefix that a queue system looks for."""

_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{4}")


class Layout(Struct, frozen=True):
    """The keys of a queue's waiting jobs.

    keys    each with the types that it may have
    taken   where workers take the next job: from the start or the end of a list, or by score
    wake    keys of BullMQ's `meta` and `marker`; a worker that waits is woken by the marker
    leaves  what stays behind when the keys are moved away
    """

    keys: tuple[tuple[bytes, str], ...]
    taken: Literal["start", "end", "score"]
    wake: tuple[bytes, ...] = ()
    leaves: str | None = None


def layout(spec: RedisSpec, queue: Named) -> Layout:
    """The keys of a queue. Raises Refused where its jobs cannot be moved away and back."""
    name = queue.name.encode()
    match queue.system:
        case "celery":
            separator = spec.celery_separator.encode()
            steps = [step for step in spec.celery_priorities if step]
            keys = [name, *(name + separator + str(step).encode() for step in steps)]
            return Layout(
                tuple((key, "list") for key in keys),
                "end",
                leaves="messages that workers have prefetched stay in `unacked`, and run",
            )
        case "rq":
            return Layout(
                ((f"{spec.rq_prefix}:queue:".encode() + name, "list"),),
                "start",
                leaves="the jobs' own hashes stay, with the status `queued`",
            )
        case "bullmq":
            base = f"{spec.bullmq_prefix}:".encode() + name + b":"
            return Layout(
                ((base + b"wait", "list"), (base + b"paused", "list"), (base + b"prioritized", "zset")),
                "end",
                wake=(base + b"meta", base + b"marker"),
                leaves="delayed jobs stay, and so do the jobs' own hashes",
            )
        case "sidekiq":
            prefix = f"{spec.sidekiq_namespace}:" if spec.sidekiq_namespace else ""
            return Layout(
                ((f"{prefix}queue:".encode() + name, "list"),),
                "end",
                leaves="scheduled jobs and retries stay, and come into the queue later",
            )
        case "dramatiq":
            return Layout(
                ((f"{spec.dramatiq_namespace}:".encode() + name, "list"),),
                "start",
                leaves="the messages' bodies stay in .msgs, and count as in flight; delayed messages stay",
            )
        case "arq":
            return Layout(
                ((name, "zset"),),
                "score",
                leaves="jobs that run now or are due later are among them; their own keys stay until they expire",
            )
        case "huey":
            return Layout(((b"huey.redis." + name, "list zset"),), "end", leaves="scheduled tasks stay")
    raise Refused(
        "unavailable",
        "a stream keeps its entries for all of its groups: moved away, every consumer would fail with NOGROUP, "
        "and trimming cannot be undone",
        "Let one group skip what waits: XGROUP SETID STREAM GROUP $ (note its last-delivered-id first, to go back).",
    )


def purge_name(given: str) -> str:
    """The name of a purge, as somebody gave it. Raises Refused."""
    if not _NAME.fullmatch(given):
        raise Refused(
            "argument", "a purge is named like 20260102T030405Z-a1b2", "Its result and the audit name it."
        )
    return given


def tombstone(purge: str, key: bytes) -> bytes:
    """Where a key is moved to. In a cluster it has to lie in the same slot, which what stands in braces decides."""
    return TOMBSTONE + purge.encode() + b":" + (key if b"{" in key else b"{" + key + b"}")
