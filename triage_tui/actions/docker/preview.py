"""What an order would do to one container, read from the engine."""

from __future__ import annotations

from docker.errors import APIError

from triage_tui.actions import guard
from triage_tui.actions.act import Danger, Order, Preview, Reach, Refused
from triage_tui.actions.docker.acting import Line, NotSentError, line
from triage_tui.actions.docker.deeds import MOST_WAIT_S, WAIT_S
from triage_tui.actions.docker.reading import Member, Now, dependants, members
from triage_tui.sources.clock import steady, utc_now
from triage_tui.sources.docker.clock import moment
from triage_tui.sources.docker.failures import EXPECTED
from triage_tui.sources.docker.rows import Row, rows_of
from triage_tui.text import safe
from triage_tui.text.figures import age

DEPENDANTS_SHOWN = 20
SHORTEST_ID = 12

_UNDO: dict[str, str | None] = {
    "restart": "it runs again by itself; what it had only in memory is lost",
    "start": "docker.stop stops it again",
    "stop": "docker.start starts it again",
    # docker.start starts it again without what it had not written.
    "kill": None,
    "pause": "docker.unpause lets it go on",
    "unpause": "docker.pause freezes it again",
}

_EFFECTS = {
    "restart": "its processes are ended ({grace} s to end by themselves, then killed) and started anew",
    "start": "its main process is started",
    "stop": "its processes are ended: {grace} s to end by themselves, then killed; it stays away until it is started",
    "kill": "its processes are killed at once, what they have not written is lost; it stays away until it is started",
    "pause": "its processes stand still: connections stay open and get no answer",
    "unpause": "its processes go on where they stood",
}


async def preview(verb: str, danger: Danger, order: Order, reach: Reach) -> Preview:
    """What a verb would do to the container that the order names. Raises Refused."""
    waited(order)
    try:
        async with line(reach, order.target) as engine:
            try:
                rows = rows_of(await engine.rows())[0]
                now = await engine.look(chosen(rows, order).id)
            except EXPECTED as error:
                if isinstance(error, APIError) and error.status_code == 404:
                    raise Refused(
                        "gone", f"there is no container {safe(order.argument)} any more", "Look again."
                    ) from error
                raise Refused("unavailable", engine.words(error), "Nothing was sent.") from error
    except NotSentError as error:
        raise Refused("unavailable", str(error), "Look at the engine first.") from None
    guard.same(order.pinned, now.identity)
    fit(verb, now)
    others = dependants(now.service, members(rows, now.project)) if now.service and now.project else ()
    return Preview(
        order=order,
        identity=now.identity,
        endpoint=engine.endpoint,
        title=f"{verb} container {now.name}",
        danger=danger,
        facts=facts(now),
        affects=(f"{now.name}: {_EFFECTS[verb].format(grace=now.stop_timeout_s)}", *_told(verb, others)),
        sends=(sent(engine, now.id, verb),),
        undo=_UNDO[verb],
        taken_at=steady(),
        held={"grace_s": str(now.stop_timeout_s)},
    )


def chosen(rows: list[Row], order: Order) -> Row:
    """The container that an order names, by its name or its id. Raises Refused."""
    asked = order.argument
    if not asked:
        raise Refused("argument", "which container?", "Name it.")
    for row in rows:
        if asked in (row.name, row.id):
            return row
    short = [row for row in rows if len(asked) >= SHORTEST_ID and row.id.startswith(asked)]
    if len(short) == 1:
        return short[0]
    from triage_tui.text.nearest import nearest

    near = nearest(asked, [row.name for row in rows])
    hint = f"Did you mean {safe(near)}?" if near else "Look again."
    raise Refused("gone", f"there is no container {safe(asked, limit=128)} (any more)", hint)


def fit(verb: str, now: Now) -> None:
    """The verb does something to a container in this state. Raises Refused."""
    wrong = {
        "start": now.status in ("running", "paused", "restarting"),
        "stop": not now.runs,
        "kill": not now.runs,
        "pause": now.status != "running",
        "unpause": now.status != "paused",
        "restart": now.status in ("removing", "dead"),
    }[verb]
    if wrong:
        raise Refused(
            "unavailable", f"{now.name} is {now.status}: there is nothing to {verb}", "Nothing was sent."
        )


def facts(now: Now) -> tuple[tuple[str, str], ...]:
    """What there is to know of it before it is touched."""
    began = moment(now.started_at)
    since = age((utc_now() - began).total_seconds()) if began is not None else "?"
    state = f"{now.status} for {since}" if now.status in ("running", "paused") else now.status
    told = [("image", now.image), ("state", state)]
    if not now.runs and now.exit_code is not None and now.started_at:
        told.append(("exit code", str(now.exit_code)))
    told.append(("health", now.health or ("no health check" if now.runs else "-")))
    told.append(("restart policy", now.restart_policy))
    told.append(("published ports", ", ".join(now.ports) or "none"))
    if now.project:
        told.append(("compose", f"service {now.service or '?'} of project {now.project}"))
    return tuple(told)


def sent(engine: Line, id: str, verb: str) -> str:
    """The call as it is sent."""
    return f"POST /v{engine.version}/containers/{id}/{verb} to {engine.endpoint}"


def waited(order: Order) -> float:
    """How long is waited until it is well, in seconds. Raises Refused."""
    text = order.parameters.get("wait", f"{WAIT_S:g}")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MOST_WAIT_S:
        raise Refused("argument", f"wait is no number of seconds up to {MOST_WAIT_S:g}", "Write it as 60.")
    return seconds


def _told(verb: str, others: tuple[Member, ...]) -> tuple[str, ...]:
    if verb in ("start", "unpause"):
        return ()
    shown = [f"{one.name} ({one.state}) depends on it" for one in others[:DEPENDANTS_SHOWN]]
    more = len(others) - len(shown)
    return (*shown, *((f"{more} more depend on it",) if more else ()))
