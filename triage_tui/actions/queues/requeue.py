"""Putting jobs that gave up back into their queue, the oldest first, in batches."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct, structs

from triage_tui.actions.act import Came, Danger, Order, Permit, Preview, Progress, Reach, Refused, Result
from triage_tui.actions.queues.identity import Named, named
from triage_tui.actions.queues.purge import refused
from triage_tui.actions.queues.scripts import call
from triage_tui.actions.redis.line import Line, line, numbers, spec_of
from triage_tui.actions.unreached import UnreachedError
from triage_tui.config.settings import RedisSpec
from triage_tui.sources.clock import steady, utc_now
from triage_tui.sources.redis.queues.system import MAX_PAYLOAD_BYTES
from triage_tui.sources.redis.replies import strings, whole
from triage_tui.sources.redis.wire import BrokenError, Command, Refusal
from triage_tui.text import safe

BATCH = 100
"""Jobs in one step: a few commands for each."""

MOST = 100_000

EXAMINED = 2_000
"""Sidekiq's dead set holds the jobs of all queues: so many are looked at to find those of one."""

_MILLISECONDS_FROM = 1e11
"""See sources/redis/queues/sidekiq."""

_NONE = {
    "celery": "Celery keeps no jobs that gave up: a task that failed leaves its result at most",
    "arq": "arq keeps no jobs that gave up: a job that failed leaves its result at most",
    "huey": "Huey keeps no tasks that gave up",
    "stream": "a stream has no dead entries: those that were taken and not acknowledged are pending (XPENDING, XCLAIM)",
}

Batch = Callable[[int, int], Awaitable[Command | None]]
"""The command for the next so many jobs, after passing over so many; None: there are no more."""


class Dead(Struct, frozen=True):
    """Where the dead jobs of a queue lie.

    shared  the set holds those of all queues
    notes   what is told about putting them back
    """

    key: bytes
    shared: bool = False
    notes: tuple[str, ...] = ()


def dead(spec: RedisSpec, queue: Named) -> Dead:
    """Raises Refused where the system keeps none."""
    name = queue.name.encode()
    match queue.system:
        case "rq":
            return Dead(
                f"{spec.rq_prefix}:failed:".encode() + name,
                notes=("jobs under a rate limit are passed over",),
            )
        case "bullmq":
            return Dead(
                f"{spec.bullmq_prefix}:".encode() + name + b":failed",
                notes=("jobs that are part of a flow are passed over: their parent may have ended",),
            )
        case "sidekiq":
            prefix = f"{spec.sidekiq_namespace}:" if spec.sidekiq_namespace else ""
            return Dead(f"{prefix}dead".encode(), shared=True)
        case "dramatiq":
            return Dead(
                f"{spec.dramatiq_namespace}:".encode() + name + b".XQ",
                notes=("a message that fails again is dead at once: it keeps the count of its retries",),
            )
    raise Refused("unavailable", _NONE[queue.system], "Send the work again from the program that wants it.")


async def preview(order: Order, reach: Reach) -> Preview:
    """Raises Refused."""
    spec = spec_of(reach, order.target)
    queue = named(order, spec)
    place = dead(spec, queue)
    limit = _limit(order)
    try:
        async with line(spec, queue.database) as server:
            (card,) = await server.ask(("ZCARD", place.key))
            if isinstance(card, Refusal):
                problem = server.refusal(card, safe(place.key))
                raise Refused(
                    "permission" if card.code == "NOPERM" else "changed", problem.message, problem.next_step
                )
            all_ = whole(card) or 0
            jobs = len(await _of_queue(server, place.key, queue)) if place.shared else all_
    except UnreachedError as error:
        raise error.refusal from None
    if not jobs:
        raise Refused("gone", f"{queue.identity.shown} has no dead jobs (any more)", "Look again.")
    count = min(jobs, limit)
    shared = (
        (("dead in all queues", f"{all_}, of which the first {EXAMINED} were looked at"),)
        if place.shared
        else ()
    )
    return Preview(
        # Read again later, it is about no more jobs than were shown.
        order=structs.replace(order, parameters={**order.parameters, "limit": str(count)}),
        identity=queue.identity,
        endpoint=server.endpoint,
        title=f"put {count} dead jobs back into {queue.identity.shown}",
        danger=Danger.FINAL,
        facts=(("dead", str(jobs)), *shared, ("put back", f"the {count} that died first")),
        affects=(
            f"{count} jobs run again: what they had done before they failed is done twice",
            *place.notes,
        ),
        sends=(f"EVAL requeue_{queue.system}.lua on {safe(place.key)}, {BATCH} jobs at a time",),
        undo=None,
        taken_at=steady(),
        held={"count": str(count)},
    )


async def requeue(preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
    """Put back as many as were previewed, batch by batch. Raises Refused where nothing was sent."""
    spec = spec_of(reach, preview.order.target)
    queue = named(preview.order, spec)
    wanted, what = int(preview.held["count"]), preview.identity.shown
    moved = passed = 0
    try:
        async with line(spec, queue.database) as server:
            batch = _batches(server, spec, queue)
            while moved + passed < wanted:
                command = await batch(min(BATCH, wanted - moved - passed), passed)
                if command is None:
                    break
                try:
                    reply = await server.change(permit, command)
                except BrokenError as error:
                    return await server.unheard(error, what, f"{moved} jobs were put back for certain.")
                except Refused as stop:
                    if not moved:
                        raise
                    return Result(Came.NOT_DONE, f"stopped after {moved} jobs: {stop.message}")
                if isinstance(reply, Refusal):
                    result = refused(server, reply)
                    return (
                        result
                        if not moved
                        else Result(
                            result.came, f"stopped after {moved} jobs: {result.message}", result.tells
                        )
                    )
                more, over = numbers(reply)
                if not more + over:
                    break
                moved, passed = moved + more, passed + over
                progress(f"{moved} of {wanted} jobs are back")
    except UnreachedError as error:
        if moved:
            return Result(Came.NOT_DONE, f"stopped after {moved} jobs: {error.problem.message}")
        return error.result
    tells = (f"{passed} were passed over, and stay where they are",) if passed else ()
    if not moved:
        return Result(Came.NOT_DONE, f"no dead job of {what} could be put back", tells)
    return Result(Came.DONE, f"{moved} of {wanted} jobs are back in {what}", tells)


def _limit(order: Order) -> int:
    text = order.parameters.get("limit", "1000").strip()
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:7]) <= MOST):
        raise Refused("argument", f"limit is no number from 1 to {MOST}", "Leave it out for 1000.")
    return int(text)


def _batches(server: Line, spec: RedisSpec, queue: Named) -> Batch:
    name, key = queue.name.encode(), dead(spec, queue).key

    async def rq(count: int, over: int) -> Command | None:
        start = f"{spec.rq_prefix}:".encode()
        now = f"{utc_now():%Y-%m-%dT%H:%M:%S.%fZ}"
        keys = [key, start + b"queue:" + name, start + b"queues"]
        return call("requeue_rq", keys, start + b"job:", count, over, now)

    async def bullmq(count: int, over: int) -> Command | None:
        base = f"{spec.bullmq_prefix}:".encode() + name + b":"
        parts = (b"wait", b"prioritized", b"meta", b"marker", b"pc", b"events")
        return call("requeue_bullmq", [key, *(base + part for part in parts)], base, count, over)

    async def dramatiq(count: int, over: int) -> Command | None:
        base = f"{spec.dramatiq_namespace}:".encode() + name
        return call("requeue_dramatiq", [key, key + b".msgs", base, base + b".msgs"], count, over)

    async def sidekiq(count: int, over: int) -> Command | None:
        prefix = key.removesuffix(b"dead")
        jobs = (await _of_queue(server, key, queue))[:count]
        now = utc_now().timestamp()
        pairs = [text for job in jobs for text in (job, again(job, now))]
        keys = [key, prefix + b"queue:" + name, prefix + b"queues"]
        return call("requeue_sidekiq", keys, name, *pairs) if pairs else None

    return {"rq": rq, "bullmq": bullmq, "dramatiq": dramatiq, "sidekiq": sidekiq}[queue.system]


async def _of_queue(server: Line, key: bytes, queue: Named) -> list[bytes]:
    """Sidekiq's dead jobs of one queue, among the first that died. Raises UnreachedError."""
    found: list[bytes] = []
    for start in range(0, EXAMINED, 500):
        (reply,) = await server.ask(("ZRANGE", key, start, start + 499))
        members = strings(reply)
        found += [one for one in members if payload(one).get("queue") == queue.name]
        if len(members) < 500:
            break
    return found


def payload(job: bytes) -> dict[str, Any]:
    """A job of Sidekiq; empty where it is none. Numbers keep all of their digits."""
    if len(job) > MAX_PAYLOAD_BYTES:
        return {}
    try:
        value = json.loads(job)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def again(job: bytes, now: float) -> bytes:
    """A dead job as it is put into its queue again: enqueued now, with one retry left. now: Unix time.

    Its time is in the unit that it was in: milliseconds since Sidekiq 8, seconds before.
    """
    value = payload(job)
    at = value.get("enqueued_at")
    in_milliseconds = isinstance(at, int) and at > _MILLISECONDS_FROM
    value["enqueued_at"] = round(now * 1000) if in_milliseconds else now
    count = value.get("retry_count")
    if isinstance(count, int) and count > 0:
        value["retry_count"] = count - 1
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
