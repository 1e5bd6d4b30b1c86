"""Pausing a queue and letting it go on, where the system's own workers heed it."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.actions.act import Came, Danger, Order, Permit, Preview, Reach, Refused, Result
from triage_tui.actions.queues.identity import Named, named, order_name
from triage_tui.actions.queues.purge import refused
from triage_tui.actions.queues.restore import BATCH
from triage_tui.actions.queues.scripts import call
from triage_tui.actions.redis.line import line, numbers, spec_of
from triage_tui.actions.unreached import UnreachedError
from triage_tui.config.settings import RedisSpec
from triage_tui.sources.clock import steady
from triage_tui.sources.redis.wire import BrokenError, Command, Refusal
from triage_tui.text import safe

_NONE = {
    "celery": ("Celery's workers are told, not its queue", "celery -A APP control cancel_consumer QUEUE"),
    "sidekiq": (
        "only Sidekiq Pro's workers heed a paused queue",
        "Send TSTP to the processes to have them take no more work.",
    ),
    "dramatiq": (
        "Dramatiq has no pause",
        "Stop its workers; what they hold goes back when they end by SIGTERM.",
    ),
    "arq": ("arq has no pause", "Stop its workers by SIGTERM."),
    "huey": ("Huey has no pause", "Stop its consumer by SIGINT, which lets the running tasks end."),
    "stream": ("groups of a stream have no pause", "Stop the consumers."),
}


class Switch(Struct, frozen=True):
    """How a system pauses.

    state   tells whether it is paused: 1 or 0
    pause, resume   the commands, and how they are shown
    affects who notices
    """

    state: Command
    pause: Command
    resume: Command
    shown: tuple[str, str]
    affects: str


def switch_of(spec: RedisSpec, queue: Named) -> Switch:
    """Raises Refused where the system has none."""
    match queue.system:
        case "rq":
            key = f"{spec.rq_prefix}:suspended".encode()
            return Switch(
                state=("EXISTS", key),
                pause=("SET", key, "1", "NX"),
                resume=("UNLINK", key),
                shown=(f"SET {safe(key)} 1 NX", f"UNLINK {safe(key)}"),
                affects="all queues of RQ in this database: its workers end the job that they run, and take no more",
            )
        case "bullmq":
            base = f"{spec.bullmq_prefix}:".encode() + queue.name.encode() + b":"
            keys = [base + part for part in (b"meta", b"wait", b"paused", b"marker", b"events")]
            return Switch(
                state=("HEXISTS", keys[0], "paused"),
                pause=call("pause_bullmq", keys),
                resume=call("resume_bullmq", [*keys, base + b"prioritized", base + b"delayed"], BATCH),
                shown=(f"HSET {safe(keys[0])} paused 1, …", f"HDEL {safe(keys[0])} paused, …"),
                affects="workers of this queue end the jobs that they run, and take no more",
            )
    why, instead = _NONE[queue.system]
    raise Refused("unavailable", why, instead)


async def preview(verb: str, danger: Danger, order: Order, reach: Reach) -> Preview:
    """Raises Refused."""
    spec = spec_of(reach, order.target)
    queue = named(order, spec)
    switch = switch_of(spec, queue)
    try:
        async with line(spec, queue.database) as server:
            (paused,) = await server.ask(switch.state)
            if isinstance(paused, Refusal):
                problem = server.refusal(paused)
                raise Refused("permission", problem.message, problem.next_step)
            if queue.system == "bullmq":
                (there,) = await server.ask(("EXISTS", switch.state[1]))
                if there == 0:
                    raise Refused("gone", f"there is no {queue.identity.shown} (any more)", "Look again.")
    except UnreachedError as error:
        raise error.refusal from None
    if bool(paused) is (verb == "pause"):
        raise Refused("unavailable", f"{queue.identity.shown} {'is paused' if paused else 'goes on'} already")
    again = order_name(queue.system, queue.name, queue.database)
    return Preview(
        order=order,
        identity=queue.identity,
        endpoint=server.endpoint,
        title=f"{'pause' if verb == 'pause' else 'let go on:'} {queue.identity.shown}",
        danger=danger,
        facts=(("now", "paused" if paused else "not paused"),),
        affects=(switch.affects if verb == "pause" else "what waits is taken at once",),
        sends=(switch.shown[verb == "resume"],),
        undo=f"queue.{'resume' if verb == 'pause' else 'pause'} {again}",
        taken_at=steady(),
    )


async def switch(verb: str, preview: Preview, reach: Reach, permit: Permit) -> Result:
    """Pause or resume, and look whether it is so. Raises Refused where nothing was sent."""
    spec = spec_of(reach, preview.order.target)
    queue = named(preview.order, spec)
    how, what = switch_of(spec, queue), preview.identity.shown
    command = how.pause if verb == "pause" else how.resume
    sent = False
    try:
        async with line(spec, queue.database) as server:
            while True:
                try:
                    reply = await server.change(permit, command)
                except BrokenError as error:
                    return await server.unheard(error, what)
                except Refused as stop:
                    if not sent:
                        raise
                    return Result(Came.NOT_DONE, f"stopped while jobs were moved back: {stop.message}")
                if isinstance(reply, Refusal):
                    return refused(server, reply)
                # BullMQ up to 5 has moved jobs elsewhere, which come back in bounded steps.
                left = numbers(reply)[1] if isinstance(reply, list) else 0
                if not sent and (reply is None or reply == 0 or (isinstance(reply, list) and not reply[0])):
                    return Result(
                        Came.NOT_DONE, f"{what} was {'paused' if verb == 'pause' else 'going on'} already"
                    )
                sent = True
                if not left:
                    break
            (paused,) = await server.ask(how.state)
    except UnreachedError as error:
        if sent:
            return Result(Came.UNKNOWN, f"it was sent; a second look failed: {error.problem.message}")
        return error.result
    if bool(paused) is not (verb == "pause"):
        return Result(
            Came.UNKNOWN, f"the server did it, and a second look at {what} says otherwise", ("Look again.",)
        )
    return Result(Came.DONE, f"{what} {'is paused' if verb == 'pause' else 'goes on'}")
