"""`redis.client-kill`: closes one client's connection, named by its id and its address."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from triage_tui.actions import guard
from triage_tui.actions.act import (
    Came,
    Danger,
    Identity,
    Order,
    Parameter,
    Permit,
    Preview,
    Progress,
    Reach,
    Refused,
    Result,
)
from triage_tui.actions.unreached import UnreachedError
from triage_tui.model import Kind
from triage_tui.sources.clock import steady
from triage_tui.text import safe
from triage_tui.text.figures import age

if TYPE_CHECKING:
    from triage_tui.actions.redis.line import Line

GONE_WITHIN_S = 2.0
"""A server closes a connection that it may not close at once, such as one in the middle of an answer, soon after."""

_ID = re.compile(r"[0-9]{1,19}")
_ADDRESS = re.compile(r"[^\s]{1,200}:[0-9]{1,5}")
_FIELD = re.compile(r"([a-z-]+)=(\S*)")

_LINKS = {"M": "this server's link to its master", "S": "a replica's link", "A": "closing already"}


def client_identity(number: str, address: str, *, name: str = "") -> Identity:
    """A client's identity: its id, which counts from 1 at each start of the server, and its address."""
    return Identity(
        shown=f"client {number} at {address}{f' ({name})' if name else ''}",
        parts=(("id", number), ("addr", address)),
    )


class ClientKill:
    """See Action."""

    id = "redis.client-kill"
    kind = Kind.REDIS
    danger = Danger.FINAL
    takes: tuple[Parameter, ...] = ()

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.redis.line import line, spec_of

        wanted = order.argument.strip()
        if not (_ID.fullmatch(wanted) or _ADDRESS.fullmatch(wanted)):
            raise Refused(
                "argument", "a client is named by its id or by its address and port", "See CLIENT LIST."
            )
        try:
            async with line(spec_of(reach, order.target)) as server:
                fields = await _find(server, wanted)
                return _preview(order, server, fields)
        except UnreachedError as error:
            raise error.refusal from None

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.redis.line import line, spec_of
        from triage_tui.sources.redis.wire import BrokenError, Refusal

        parts = dict(preview.identity.parts)
        what = preview.identity.shown
        try:
            async with line(spec_of(reach, preview.order.target)) as server:
                try:
                    killed = await server.change(permit, _command(parts["id"], parts["addr"]))
                except BrokenError as error:
                    return await server.unheard(error, what)
                if isinstance(killed, Refusal):
                    return server.said_no(killed)
                if killed != 1:
                    return Result(
                        Came.NOT_DONE, f"nothing was closed: {what} is gone, or its id belongs to another one"
                    )
                progress(f"the server closes {what}")
                try:
                    return await _looked(server, parts["id"], parts["addr"], what)
                except UnreachedError as lost:
                    return Result(
                        Came.UNKNOWN,
                        f"the server took the order; whether {what} is gone could not be read",
                        (lost.problem.message,),
                    )
        except UnreachedError as error:
            return error.result


def _command(number: str, address: str) -> tuple[str, ...]:
    return ("CLIENT", "KILL", "ID", number, "ADDR", address, "SKIPME", "yes")


def fields_of(line: str) -> dict[str, str]:
    """A line of CLIENT LIST by field. Values hold no spaces: the server refuses names with any."""
    return dict(_FIELD.findall(line))


async def _find(server: Line, wanted: str) -> dict[str, str]:
    """The client's line. Raises Refused, UnreachedError."""
    from triage_tui.sources.redis.wire import Refusal

    by_id = _ID.fullmatch(wanted) is not None
    (reply,) = await server.ask(("CLIENT", "LIST", "ID", wanted) if by_id else ("CLIENT", "LIST"))
    if isinstance(reply, Refusal):
        problem = server.refusal(reply)
        raise Refused(
            "permission" if reply.code == "NOPERM" else "unavailable", problem.message, problem.next_step
        )
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply or "")
    for line in text.splitlines():
        fields = fields_of(line)
        if "id" in fields and (fields["id"] if by_id else fields.get("addr")) == wanted:
            return fields
    raise Refused("gone", f"there is no client {safe(wanted, limit=80)} (any more)", "Look again.")


def _preview(order: Order, server: Line, fields: dict[str, str]) -> Preview:
    shown = {name: safe(value, limit=120) for name, value in fields.items()}
    identity = client_identity(fields["id"], shown.get("addr", ""), name=shown.get("name", ""))
    guard.same(order.pinned, identity)
    flags = fields.get("flags", "")
    for flag, what in _LINKS.items():
        if flag in flags:
            raise Refused("unavailable", f"{identity.shown} is {what}", "Choose another one.")
    if fields["id"] == str(server.own_id):
        raise Refused("unavailable", "that is our own connection", "Choose another one.")
    affects = ["the client gets an error in what it waits for; most libraries connect again by themselves"]
    if "b" in flags:
        affects.append("it waits in a blocking command: an idle worker of a queue does")
    if "x" in flags:
        affects.append("it is in the middle of a MULTI, which is dropped")
    if fields.get("sub", "0") != "0" or fields.get("psub", "0") != "0":
        affects.append("it has subscribed to channels, and misses what is published meanwhile")
    return Preview(
        order=order,
        identity=identity,
        endpoint=server.endpoint,
        title=f"close the connection of {identity.shown}",
        danger=Danger.FINAL,
        facts=(
            ("name", shown.get("name") or "(none)"),
            ("user", shown.get("user") or "?"),
            ("age", age(_seconds(fields.get("age")))),
            ("idle", age(_seconds(fields.get("idle")))),
            ("last command", shown.get("cmd") or "?"),
            ("database", shown.get("db") or "?"),
            *(
                (("library", f"{shown['lib-name']} {shown.get('lib-ver', '')}".strip()),)
                if shown.get("lib-name")
                else ()
            ),
        ),
        affects=tuple(affects),
        sends=(" ".join(_command(fields["id"], identity.parts[1][1])),),
        undo=None,
        taken_at=steady(),
    )


async def _looked(server: Line, number: str, address: str, what: str) -> Result:
    until = steady() + GONE_WITHIN_S
    while True:
        try:
            fields = await _find(server, number)
        except Refused as refused:
            if refused.kind == "gone":
                return Result(Came.DONE, f"{what} is gone")
            return Result(
                Came.UNKNOWN,
                f"the server took the order; whether {what} is gone may not be read",
                (refused.message,),
            )
        if fields.get("addr") != address:
            return Result(Came.DONE, f"{what} is gone")
        if steady() >= until:
            return Result(
                Came.UNKNOWN, f"the server took the order, and {what} is still there", ("Look again.",)
            )
        await asyncio.sleep(0.05)


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None
