"""Emptying a queue: its keys get another name and an end, so that they can be put back until then."""

from __future__ import annotations

import re
import secrets
import shlex

from msgspec import structs

from triage_tui.actions.act import Came, Danger, Order, Permit, Preview, Reach, Refused, Result
from triage_tui.actions.queues.identity import named, order_name
from triage_tui.actions.queues.layout import layout, purge_name, tombstone
from triage_tui.actions.queues.scripts import OURS, call
from triage_tui.actions.redis.line import Line, line, numbers, spec_of
from triage_tui.actions.unreached import UnreachedError
from triage_tui.sources.clock import steady, utc_now
from triage_tui.sources.redis.replies import raw, whole
from triage_tui.sources.redis.wire import BrokenError, Refusal
from triage_tui.text import safe
from triage_tui.text.figures import age, size

LONGEST_S = 30 * 86400
SHORTEST_S = 600
"""Less is no way back: it takes a while to find out that one is needed."""

_KEEP = re.compile(r"\s*([0-9]{1,6})\s*(s|m|h|d)\s*")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text: str) -> int:
    """How long the jobs are kept. Raises Refused."""
    match = _KEEP.fullmatch(text)
    kept = int(match[1]) * _UNITS[match[2]] if match is not None else 0
    if not SHORTEST_S <= kept <= LONGEST_S:
        raise Refused("argument", "keep is no duration from 10m to 30d", "Write it as 1h, 24h or 7d.")
    return kept


async def preview(order: Order, reach: Reach) -> Preview:
    """Raises Refused."""
    spec = spec_of(reach, order.target)
    queue = named(order, spec)
    keys = layout(spec, queue)
    keep_s = seconds(order.parameters.get("keep", "24h"))
    given = order.parameters.get("purge", "")
    purge = purge_name(given) if given else f"{utc_now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    try:
        async with line(spec, queue.database) as server:
            held = [await _held(server, key, types) for key, types in keys.keys]
    except UnreachedError as error:
        raise error.refusal from None
    waiting = sum(jobs for jobs, _ in held)
    if not waiting:
        raise Refused("gone", f"nothing waits in {queue.identity.shown}", "Look again.")
    moved = [(key, jobs, used) for (key, _), (jobs, used) in zip(keys.keys, held, strict=True) if jobs]
    again = shlex.quote(f"{safe(order.target)}/{order_name(queue.system, queue.name, queue.database)}")
    return Preview(
        # Read again later, it has the same way back.
        order=structs.replace(order, parameters={**order.parameters, "purge": purge}),
        identity=queue.identity,
        endpoint=server.endpoint,
        title=f"empty {queue.identity.shown}",
        danger=Danger.DISRUPTIVE,
        facts=(
            ("waiting", f"{waiting} jobs"),
            ("kept for", age(keep_s)),
            *((("stays", keys.leaves),) if keys.leaves else ()),
        ),
        affects=tuple(
            f"{safe(key)} ({types}): {jobs} jobs{f', {size(used)}' if used is not None else ''}"
            for (key, jobs, used), types in zip(moved, _types(keys.keys, moved), strict=True)
        ),
        sends=tuple(
            f"RENAME {safe(key)} {safe(tombstone(purge, key))}; EXPIRE {keep_s}" for key, _, _ in moved
        ),
        undo=f"triage act queue.restore {again} --set purge={purge}, within {age(keep_s)}",
        taken_at=steady(),
        held={"purge": purge, "keep_s": str(keep_s)},
    )


def _types(keys: tuple[tuple[bytes, str], ...], moved: list[tuple[bytes, int, int | None]]) -> list[str]:
    of = dict(keys)
    return [of[key].replace(" ", " or ") for key, _, _ in moved]


async def _held(server: Line, key: bytes, types: str) -> tuple[int, int | None]:
    """Jobs and bytes of a key. Raises Refused where it is something else, UnreachedError."""
    (kind_,) = await server.ask(("TYPE", key))
    if isinstance(kind_, Refusal):
        problem = server.refusal(kind_, safe(key))
        raise Refused("permission", problem.message, problem.next_step)
    kind = (raw(kind_) or b"").decode("ascii", "replace")
    if kind == "none":
        return 0, None
    if kind not in types.split():
        raise Refused(
            "changed",
            f"{safe(key)} is a {safe(kind)}, and no {types}",
            "Something else uses the key: leave it alone.",
        )
    length, used = await server.ask(
        ("LLEN" if kind == "list" else "ZCARD", key), ("MEMORY", "USAGE", key, "SAMPLES", 5)
    )
    jobs = whole(length)
    if jobs is None:
        raise Refused(
            "permission", f"how many jobs {safe(key)} holds may not be read", "Allow LLEN and ZCARD."
        )
    return jobs, whole(used)


async def purge(preview: Preview, reach: Reach, permit: Permit) -> Result:
    """Move the keys away, all in one step. Raises Refused."""
    spec = spec_of(reach, preview.order.target)
    queue = named(preview.order, spec)
    keys = [key for key, _ in layout(spec, queue).keys]
    types = [kinds for _, kinds in layout(spec, queue).keys]
    name, what = preview.held["purge"], preview.identity.shown
    tombs = [tombstone(name, key) for key in keys]
    where = f"What was moved has a name that begins with {safe(tombstone(name, b'')[:-2])}"
    try:
        async with line(spec, queue.database) as server:
            try:
                reply = await server.change(
                    permit, call("purge", [*keys, *tombs], preview.held["keep_s"], *types)
                )
            except BrokenError as error:
                return await server.unheard(error, what, where, f"Undo: {preview.undo}")
            if isinstance(reply, Refusal):
                return refused(server, reply)
            moved = sum(numbers(reply)) if isinstance(reply, list) else 0
            try:
                kept = await server.ask(*(("TTL", tomb) for tomb in tombs))
            except UnreachedError as error:
                return Result(
                    Came.UNKNOWN,
                    f"the server moved {moved} jobs of {what}; a second look failed: {error.problem.message}",
                    (where, f"Undo: {preview.undo}"),
                )
    except UnreachedError as error:
        return error.result
    if not any(seconds_ > 0 for seconds_ in numbers(kept)):
        return Result(
            Came.UNKNOWN, f"{moved} jobs of {what} were moved, and are not where they should be", (where,)
        )
    return Result(Came.DONE, f"{moved} jobs of {what} were moved away", (f"Undo: {preview.undo}",))


def refused(server: Line, refusal: Refusal) -> Result:
    """What a script or the server itself refused: nothing was changed."""
    if refusal.code in OURS:
        words = safe(refusal.words.partition(" ")[2], limit=300)
        return Result(Came.NOT_DONE, f"nothing was changed: {words}", ("Look again.",))
    return server.said_no(refusal)
