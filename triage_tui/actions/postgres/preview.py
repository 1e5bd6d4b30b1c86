"""What ending one statement or one session would mean, read from the server."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs
from psycopg.rows import DictRow

from triage_tui.actions import guard
from triage_tui.actions.act import Danger, Identity, Order, Preview, Reach, Refused
from triage_tui.actions.postgres.identity import pid_of, session_identity
from triage_tui.actions.postgres.line import UNREACHED, Line, line, shown_statement
from triage_tui.actions.unreached import UnreachedError
from triage_tui.sources.clock import steady
from triage_tui.sources.postgres.backend import iso
from triage_tui.text import safe
from triage_tui.text.figures import age

LOCKS_SHOWN = 5
WAITING_EXAMINED = 200
WAITING_SHOWN = 20
NAME_LIMIT = 80
STATEMENT_LIMIT = 500

_RUNS = (b"active", b"fastpath function call")


async def preview(verb: str, order: Order, reach: Reach) -> Preview:
    """What `cancel` or `terminate` would do to the session that the order names. Raises Refused."""
    pid = pid_of(order)
    try:
        async with line(reach, order.target) as server:
            try:
                return await _read(verb, order, pid, server)
            except UNREACHED as error:
                raise UnreachedError(server.problem(error)) from error
    except UnreachedError as error:
        raise error.refusal from None


async def _read(verb: str, order: Order, pid: int, server: Line) -> Preview:
    rows = await server.ask("session", {"pid": pid})
    if not rows:
        raise Refused("gone", f"there is no session {pid} (any more)", "Look again.")
    (row,) = rows
    begun = iso(row["backend_start"])
    if begun is None:
        raise Refused(
            "permission",
            f"this role may not see when session {pid} began, and so cannot tell it from the next with its pid",
            f"GRANT pg_monitor, pg_signal_backend TO {safe(server.info.user) or 'the role'}",
        )
    names = (
        await server.ask_if_possible("names", {"user": row["usesysid"], "database": row["datid"]}) or [{}]
    )[0]
    user = _text(names.get("user"))
    application = _text(row["application_name"])
    identity = session_identity(pid, begun, user=user, application=application)
    guard.same(order.pinned, identity)
    _fit(verb, row, identity)
    query_start = iso(row["query_start"]) or ""
    if verb == "cancel":
        order = _of_statement(order, query_start, identity)
    locks = await server.ask_if_possible("locks", {"pid": pid, "limit": LOCKS_SHOWN})
    waiting = await server.ask_if_possible("waiting", {"limit": WAITING_EXAMINED})
    values: dict[str, str | int] = {"pid": pid, "backend_start": begun}
    if verb == "cancel":
        values["query_start"] = query_start
    return Preview(
        order=order,
        identity=identity,
        endpoint=server.info.endpoint,
        title=f"{'cancel the statement of' if verb == 'cancel' else 'end'} {identity.shown}",
        danger=Danger.DISRUPTIVE if verb == "cancel" else Danger.FINAL,
        facts=_facts(row, names, locks),
        affects=_affects(verb, pid, row, waiting),
        sends=(shown_statement(verb, values),),
        undo="the session stays, and its client may send it again" if verb == "cancel" else None,
        taken_at=steady(),
        held={"query_start": query_start},
    )


def _of_statement(order: Order, query_start: str, identity: Identity) -> Order:
    """The order for this one statement: read again later, it is about no other. Raises Refused."""
    if order.parameters.get("statement", "") not in ("", query_start):
        raise Refused(
            "changed",
            f"the statement of {identity.shown} that was shown has ended by itself, and another one runs",
            "Look again.",
        )
    return structs.replace(order, parameters={**order.parameters, "statement": query_start})


def _fit(verb: str, row: DictRow, identity: Identity) -> None:
    """Raises Refused where the verb does not fit what the session is or does."""
    kind = _text(row["backend_type"])
    if row["ourselves"]:
        raise Refused("unavailable", "that is our own connection", "Choose another one.")
    if kind != "client backend":
        raise Refused(
            "unavailable",
            f"{identity.shown} is a {kind or 'process'} of the server, not a client's session",
            "The server starts its own processes again by itself; look at why it is there.",
        )
    if verb == "cancel" and row["state"] not in _RUNS:
        raise Refused(
            "unavailable",
            f"nothing runs in {identity.shown}: it is {_text(row['state']) or 'idle'}, and nothing can be cancelled",
            "postgres.terminate ends the session.",
        )


def _facts(row: DictRow, names: DictRow, locks: Sequence[DictRow] | None) -> tuple[tuple[str, str], ...]:
    state = _text(row["state"]) or "?"
    facts = [
        ("user", _text(names.get("user")) or f"oid {row['usesysid']}"),
        ("database", _text(names.get("database")) or (f"oid {row['datid']}" if row["datid"] else "none")),
        ("application", _text(row["application_name"]) or "(none)"),
        ("client", safe(row["address"], limit=NAME_LIMIT) if row["address"] else "local"),
        ("state", f"{state} for {age(row['state_age_s'])}"),
    ]
    if row["transaction_age_s"] is not None:
        facts.append(
            (
                "transaction",
                f"open for {age(row['transaction_age_s'])}; undoing what it wrote takes its time too",
            )
        )
    if row["wait_event"]:
        facts.append(("waits for", f"{_text(row['wait_event_type'])}: {_text(row['wait_event'])}"))
    if locks is None:
        facts.append(("locks held", "? (could not be read)"))
    elif locks:
        named = ", ".join(
            f"{_text(lock['mode'])} on {_text(lock['relation']) or _text(lock['locktype'])}" for lock in locks
        )
        more = locks[0]["total"] - len(locks)
        facts.append(("locks held", named + (f" and {more} more" if more else "")))
    else:
        facts.append(("locks held", "none"))
    facts.append(("statement", safe(row["query"], limit=STATEMENT_LIMIT) or "(none)"))
    if names.get("may_signal") is False:
        facts.append(
            ("rights", f"{_text(names['role'])} will probably be refused: GRANT pg_signal_backend TO it")
        )
    return tuple(facts)


def _affects(verb: str, pid: int, row: DictRow, waiting: Sequence[DictRow] | None) -> tuple[str, ...]:
    lost = (
        "the client gets an error, and its transaction, where it has one open, is void"
        if verb == "cancel"
        else "the client loses its connection, and what its transaction has not committed"
    )
    if waiting is None:
        return (lost, "who waits for it could not be read")
    freed = behind(pid, {one["pid"]: tuple(one["blocked_by"]) for one in waiting})
    told = [
        f"session {one['pid']} ({_text(one['application_name']) or 'no name'}) has waited behind it for "
        f"{age(one['wait_s'])}"
        for one in waiting
        if one["pid"] in freed
    ]
    more = len(told) - WAITING_SHOWN
    if more > 0:
        told = [*told[:WAITING_SHOWN], f"{more} more sessions wait behind it"]
    if len(waiting) == WAITING_EXAMINED:
        told.append(f"only the {WAITING_EXAMINED} that have waited longest were looked at")
    return (lost, *told)


def behind(pid: int, blocked_by: dict[int, tuple[int, ...]]) -> set[int]:
    """Sessions that wait for one, directly or through others."""
    found: set[int] = set()
    added = {pid}
    while added:
        added = {one for one, them in blocked_by.items() if one not in found and added & set(them)} - {pid}
        found |= added
    return found


def _text(value: bytes | str | None) -> str:
    return safe(value, limit=NAME_LIMIT) if value else ""
