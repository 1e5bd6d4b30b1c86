"""Sending the signal, and looking whether it was heeded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from triage_tui.actions.act import Came, Permit, Preview, Progress, Reach, Result
from triage_tui.actions.postgres.line import UNREACHED, Line, certain, line
from triage_tui.actions.unreached import UnreachedError
from triage_tui.sources.clock import steady
from triage_tui.sources.postgres.backend import iso
from triage_tui.text import safe

HEEDED_WITHIN_S = 5.0
"""How long a session may take to go. A signal is heeded at the next place where the server looks for one; writing
back what a long transaction did, or a disk that hangs, takes longer."""

_LOOK_EVERY_S = 0.1

_RUNS = ("active", "fastpath function call")

Key = tuple[int, str]


async def end(verb: str, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
    """Cancel or terminate the session of the preview, once. Raises Refused."""
    parts = dict(preview.identity.parts)
    key = (int(parts["pid"]), parts["backend_start"])
    what = preview.identity.shown
    try:
        async with line(reach, preview.order.target) as server:
            values = {"pid": key[0], "backend_start": key[1]}
            if verb == "cancel":
                values["query_start"] = preview.held["query_start"]
            permit.check()
            try:
                rows = await server.ask(verb, values)
            except UNREACHED as error:
                return unheard(server, error, what)
            if not rows:
                return await _missed(verb, server, key, what)
            if not rows[0]["sent"]:
                return Result(Came.NOT_DONE, f"the server could not signal {what}: it has just gone")
            return await _heeded(verb, server, key, preview, progress)
    except UnreachedError as error:
        return error.result


def unheard(server: Line, error: Exception, what: str) -> Result:
    """No answer, or a no."""
    problem = server.problem(error)
    if certain(error):
        step = problem.next_step
        if getattr(error, "sqlstate", None) == "42501":
            role = safe(server.info.user) or "the role"
            step = f"GRANT pg_signal_backend TO {role}; a superuser's session takes a superuser."
        return Result(Came.NOT_DONE, f"the server refused: {problem.message}", (step,))
    return Result(
        Came.UNKNOWN,
        f"it was sent, and whether {what} got it is not known: {problem.message}",
        ("Look at the session before trying again.", problem.next_step),
    )


async def _missed(verb: str, server: Line, key: Key, what: str) -> Result:
    """Nothing was there to signal."""
    try:
        left = await still(server, [key])
    except UNREACHED:
        left = {}
    if key in left:
        if verb == "cancel":
            return Result(
                Came.NOT_DONE, f"nothing was sent: the statement of {what} that was shown has ended by itself"
            )
        return Result(Came.NOT_DONE, f"nothing was sent: {what} is no client's session")
    return Result(
        Came.NOT_DONE, f"nothing was sent: {what} is gone; its pid may belong to another one by now"
    )


async def _heeded(verb: str, server: Line, key: Key, preview: Preview, progress: Progress) -> Result:
    what, until = preview.identity.shown, steady() + HEEDED_WITHIN_S
    progress(f"the signal was sent; waiting for {what} to heed it")
    try:
        while True:
            left = await still(server, [key])
            if key not in left:
                return Result(Came.DONE, f"{what} is gone")
            state, query_start, _ = left[key]
            if verb == "cancel" and (query_start != preview.held["query_start"] or state not in _RUNS):
                return Result(
                    Came.DONE, f"the statement of {what} has ended; the session is {state or 'there'}"
                )
            if steady() >= until:
                break
            await asyncio.sleep(_LOOK_EVERY_S)
    except UNREACHED as error:
        return Result(
            Came.UNKNOWN,
            f"the signal was sent to {what}; whether it was heeded could not be read: {server.problem(error).message}",
            ("Look at the session before trying again.",),
        )
    doing = left[key][2]
    return Result(
        Came.UNKNOWN,
        f"the signal was sent, and {what} is still there after {HEEDED_WITHIN_S:.0f} s",
        (
            f"It is {left[key][0] or 'busy'}{f', at {doing}' if doing else ''}; undoing a long transaction takes time.",
            "Wait and look again: a second signal changes nothing.",
        ),
    )


async def still(server: Line, keys: Sequence[Key]) -> dict[Key, tuple[str, str, str]]:
    """Those sessions that are still there: state, when the statement began, what is waited for."""
    rows = await server.ask("still", {"pids": [pid for pid, _ in keys], "starts": [at for _, at in keys]})
    starts = dict(keys)
    return {
        (row["pid"], starts[row["pid"]]): (
            safe(row["state"]) if row["state"] else "",
            iso(row["query_start"]) or "",
            safe(row["wait_event"]) if row["wait_event"] else "",
        )
        for row in rows
    }
