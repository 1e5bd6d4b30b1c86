"""Ending the sessions that hold a transaction open and do nothing: those that were listed, and no others."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from psycopg.rows import DictRow

from triage_tui.actions.act import (
    Came,
    Danger,
    Order,
    Permit,
    Preview,
    Progress,
    Reach,
    Refused,
    Result,
)
from triage_tui.actions.postgres.ending import HEEDED_WITHIN_S, Key, still, unheard
from triage_tui.actions.postgres.identity import idle_identity
from triage_tui.actions.postgres.line import UNREACHED, Line, line, shown_statement
from triage_tui.actions.unreached import UnreachedError
from triage_tui.sources.clock import steady
from triage_tui.sources.postgres.backend import iso
from triage_tui.text import safe
from triage_tui.text.figures import age

MOST = 100
"""Sessions that one order ends. Who has more of them has a defect that ending them does not mend."""

SENDS_SHOWN = 10

_AGE = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*(s|m|h|d)?\s*")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Idle(Struct, frozen=True):
    """A session that was listed. started and since: ISO 8601, exact."""

    pid: int
    started: str
    since: str


class _Tally(Struct):
    """What came of it, session by session."""

    sent: list[Idle] = []
    passed: int = 0
    refused: dict[str, None] = {}
    refusals: int = 0
    unheard: dict[str, None] = {}


def seconds(text: str) -> float:
    """An age as people write it: `90`, `90s`, `5m`, `1.5h`. Raises Refused."""
    match = _AGE.fullmatch(text)
    if match is None:
        raise Refused("argument", "older-than is no duration", "Write it as 90s, 5m or 1h.")
    return float(match[1]) * _UNITS[match[2] or "s"]


async def preview(order: Order, reach: Reach, defaults: Mapping[str, str]) -> Preview:
    """List the sessions. Raises Refused."""
    wanted = {**defaults, **order.parameters}
    older_than_s = seconds(wanted["older-than"])
    filters = {name: wanted[name] for name in ("user", "application", "database")}
    try:
        async with line(reach, order.target) as server:
            try:
                rows = await server.ask("idle", {"older_than_s": older_than_s, **filters, "limit": MOST})
            except UNREACHED as error:
                raise UnreachedError(server.problem(error)) from error
    except UnreachedError as error:
        raise error.refusal from None
    more = rows[0]["total"] - len(rows) if rows else 0
    if order.pinned is not None:
        # Those that were shown, as far as they still are idle; whoever has joined them was not shown.
        known = set(order.pinned.parts)
        rows = [row for row in rows if (f"pid {row['pid']}", iso(row["backend_start"]) or "") in known]
    if not rows:
        raise Refused(
            "gone",
            f"no session that may be seen has been idle in a transaction for {age(older_than_s)}",
            "Look again, or name a shorter time.",
        )
    listed = [_idle(row) for row in rows]
    number = f"{len(rows)} session{'s' if len(rows) > 1 else ''}"
    identity = order.pinned or idle_identity(
        f"{number} idle in a transaction for {age(older_than_s)} or longer",
        ((one.pid, one.started) for one in listed),
    )
    return Preview(
        order=order,
        identity=identity,
        endpoint=server.info.endpoint,
        title=f"end {number} idle in a transaction for {age(older_than_s)} or longer",
        danger=Danger.FINAL,
        facts=(
            (
                "sessions",
                str(len(rows)) + (f"; {more} more stay, as {MOST} are ended at once" if more else ""),
            ),
            ("longest", f"idle for {age(rows[0]['idle_s'])}"),
            *((name, safe(value, limit=80)) for name, value in filters.items() if value),
        ),
        affects=tuple(map(_described, rows)),
        sends=tuple(shown_statement("terminate_idle", _values(one)) for one in listed[:SENDS_SHOWN])
        + ((f"the same for {len(listed) - SENDS_SHOWN} more",) if len(listed) > SENDS_SHOWN else ()),
        undo=None,
        taken_at=steady(),
        held={"listed": msgspec.json.encode(listed).decode()},
    )


async def end(preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
    """End those that were listed and have been idle ever since. Raises Refused where nothing was sent."""
    listed = msgspec.json.decode(preview.held["listed"], type=list[Idle])
    tally = _Tally()
    try:
        async with line(reach, preview.order.target) as server:
            stopped = await _signal(server, listed, permit, progress, tally)
            left = await _wait(server, tally.sent)
    except UnreachedError as error:
        return error.result
    return _told(tally, left, stopped, len(listed))


async def _signal(
    server: Line, listed: Sequence[Idle], permit: Permit, progress: Progress, tally: _Tally
) -> str | None:
    """One statement for each, so that a refusal of one does not hide what became of the others. Why it was stopped."""
    for number, one in enumerate(listed, 1):
        try:
            permit.check()
        except Refused as refused:
            if not (tally.sent or tally.unheard):
                raise
            return refused.message
        progress(f"ending session {one.pid}, {number} of {len(listed)}")
        try:
            rows = await server.ask("terminate_idle", _values(one))
        except UNREACHED as error:
            result = unheard(server, error, f"session {one.pid}")
            if result.came is Came.UNKNOWN:
                tally.unheard[result.message] = None
                return None
            tally.refusals += 1
            tally.refused.update(dict.fromkeys((result.message, *result.tells)))
            continue
        if rows and rows[0]["sent"]:
            tally.sent.append(one)
        else:
            tally.passed += 1
    return None


async def _wait(server: Line, sent: Sequence[Idle]) -> int | None:
    """How many are still there when the time is up; None: that could not be read."""
    keys: list[Key] = [(one.pid, one.started) for one in sent]
    until = steady() + HEEDED_WITHIN_S
    try:
        while keys and (left := len(await still(server, keys))):
            if steady() >= until:
                return left
            await asyncio.sleep(0.1)
    except UNREACHED:
        return None
    return 0


def _told(tally: _Tally, left: int | None, stopped: str | None, listed: int) -> Result:
    ended = len(tally.sent) - (left or 0)
    tells = [*tally.refused, *tally.unheard]
    if tally.passed:
        tells.append(f"{tally.passed} went on or ended by themselves, and were left alone")
    if stopped is not None:
        tells.append(f"stopped in the middle: {stopped}")
    if left:
        tells.append(f"{left} got the signal and are still there after {HEEDED_WITHIN_S:.0f} s")
    if tally.unheard or left or left is None:
        message = f"at least {ended if left is not None else 0} of {listed} sessions ended; of others it is not known"
        return Result(Came.UNKNOWN, message, (*tells, "Look at the sessions before trying again."))
    message = f"{ended} of {listed} sessions ended"
    whole = ended and not tally.refusals and stopped is None
    return Result(Came.DONE if whole else Came.NOT_DONE, message, tuple(tells))


def _idle(row: DictRow) -> Idle:
    started, since = iso(row["backend_start"]), iso(row["state_change"])
    assert started is not None, "asked for"
    assert since is not None, "compared"
    return Idle(row["pid"], started, since)


def _values(one: Idle) -> dict[str, str | int]:
    return {"pid": one.pid, "backend_start": one.started, "idle_since": one.since}


def _described(row: DictRow) -> str:
    names = [safe(row[name], limit=60) for name in ("user", "application_name", "database") if row[name]]
    return (
        f"{row['pid']} {' · '.join(names)} · idle for {age(row['idle_s'])}, transaction open for "
        f"{age(row['transaction_age_s'])}: {safe(row['query'], limit=160)}"
    )
