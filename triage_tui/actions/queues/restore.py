"""Undoing a purge."""

from __future__ import annotations

from triage_tui.actions.act import Came, Danger, Order, Permit, Preview, Progress, Reach, Refused, Result
from triage_tui.actions.queues.identity import named
from triage_tui.actions.queues.layout import layout, purge_name, tombstone
from triage_tui.actions.queues.purge import refused
from triage_tui.actions.queues.scripts import call
from triage_tui.actions.redis.line import Line, line, numbers, spec_of
from triage_tui.actions.unreached import UnreachedError
from triage_tui.sources.clock import steady
from triage_tui.sources.redis.replies import raw, whole
from triage_tui.sources.redis.wire import BrokenError, Command, Refusal
from triage_tui.text import safe
from triage_tui.text.figures import age

BATCH = 1000
"""Jobs that are moved in one step where others have come since: about a millisecond of the server's time."""


async def preview(order: Order, reach: Reach) -> Preview:
    """Raises Refused."""
    spec = spec_of(reach, order.target)
    queue = named(order, spec)
    keys = layout(spec, queue)
    purge = purge_name(order.parameters.get("purge", ""))
    tombs = [(key, tombstone(purge, key)) for key, _ in keys.keys]
    try:
        async with line(spec, queue.database) as server:
            found = [(key, tomb, *(await _size(server, tomb))) for key, tomb in tombs]
            there = [await _size(server, key) for key, _ in tombs]
    except UnreachedError as error:
        raise error.refusal from None
    left = [one for one in found if one[2]]
    if not left:
        raise Refused(
            "gone", f"nothing is left of that purge of {queue.identity.shown}", "Its time may be over."
        )
    came = sum(jobs for jobs, _ in there)
    return Preview(
        order=order,
        identity=queue.identity,
        endpoint=server.endpoint,
        title=f"put back what was purged from {queue.identity.shown}",
        danger=Danger.MILD,
        facts=(
            ("jobs", str(sum(jobs for _, _, jobs, _ in left))),
            ("expires in", age(min((ttl for *_, ttl in left if ttl and ttl > 0), default=None))),
            ("has come since", f"{came} jobs, which will stand behind"),
        ),
        affects=tuple(f"{safe(key)}: {jobs} jobs come back, and run" for key, _, jobs, _ in left),
        sends=tuple(f"RENAME {safe(tomb)} {safe(key)}" for key, tomb, _, _ in left),
        undo="queue.purge takes away again what no worker has taken by then",
        taken_at=steady(),
        held={"purge": purge},
    )


async def _size(server: Line, key: bytes) -> tuple[int, int | None]:
    """Jobs and seconds to live of a key. Raises Refused, UnreachedError."""
    kind_, ttl = await server.ask(("TYPE", key), ("TTL", key))
    if isinstance(kind_, Refusal):
        problem = server.refusal(kind_, safe(key))
        raise Refused("permission", problem.message, problem.next_step)
    kind = raw(kind_)
    sizes: dict[bytes | None, Command] = {b"list": ("LLEN", key), b"zset": ("ZCARD", key)}
    if kind not in sizes:
        return 0, None
    (length,) = await server.ask(sizes[kind])
    return whole(length) or 0, whole(ttl)


async def restore(preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
    """Put the jobs back, in batches where others have come since. Raises Refused where nothing was sent."""
    spec = spec_of(reach, preview.order.target)
    queue = named(preview.order, spec)
    keys = layout(spec, queue)
    what, back = preview.identity.shown, 0
    try:
        async with line(spec, queue.database) as server:
            for key, _ in keys.keys:
                wanted = [key, tombstone(preview.held["purge"], key), *keys.wake]
                left = 1
                while left:
                    try:
                        reply = await server.change(permit, call("restore", wanted, BATCH, keys.taken))
                    except BrokenError as error:
                        return await server.unheard(
                            error, what, f"{back} jobs were put back for certain; this can be run again."
                        )
                    except Refused as stop:
                        if not back:
                            raise
                        return Result(Came.NOT_DONE, f"stopped after {back} jobs: {stop.message}")
                    if isinstance(reply, Refusal):
                        return refused(server, reply)
                    moved, left = numbers(reply)
                    back += moved
                    if left:
                        progress(f"{back} jobs are back, {left} to go")
    except UnreachedError as error:
        return error.result
    if not back:
        return Result(Came.NOT_DONE, f"nothing was left of that purge of {what}")
    return Result(Came.DONE, f"{back} jobs are back in {what}")
