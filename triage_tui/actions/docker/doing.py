"""Sending one order to one container, and looking until it shows."""

from __future__ import annotations

import asyncio

from docker.errors import APIError

from triage_tui.actions.act import Came, Permit, Preview, Progress, Reach, Result
from triage_tui.actions.docker.acting import MARGIN_S, GoneError, Line, NotSentError, UnheardError, line
from triage_tui.actions.docker.preview import waited
from triage_tui.actions.docker.reading import Now
from triage_tui.sources.clock import steady
from triage_tui.sources.docker.failures import EXPECTED
from triage_tui.text.figures import duration

SHOWS_WITHIN_S = 5.0
"""How long an engine may take to show what it has answered for."""

LOOK_EVERY_S = 0.5

STEADY_S = 2.0
"""How long a container without a health check has to run before it is said to: what cannot read its configuration ends
within that time."""

_NOT_FOUND = 404
_PAST = {
    "restart": "restarted",
    "start": "started",
    "stop": "stopped",
    "kill": "killed",
    "pause": "frozen",
    "unpause": "going on",
}
_LOOK_FIRST = "Look at it before trying again: the engine may do it yet."


async def do(verb: str, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
    """Do it to the container of the preview. Raises Refused."""
    parts = dict(preview.identity.parts)
    pinned = (parts["id"], parts["started_at"])
    try:
        async with line(reach, preview.order.target) as engine:
            return await ordered(
                engine,
                verb,
                pinned,
                preview.identity.shown,
                int(preview.held["grace_s"]),
                waited(preview.order),
                permit,
                progress,
            )
    except NotSentError as error:
        return Result(Came.NOT_DONE, str(error))


async def ordered(
    engine: Line,
    verb: str,
    pinned: tuple[str, str],
    what: str,
    grace_s: int,
    wait_s: float,
    permit: Permit,
    progress: Progress,
) -> Result:
    """One order to one container over a line. Raises Refused."""
    progress(f"{verb} is sent to {what}")
    patience_s = MARGIN_S + (grace_s if verb in ("restart", "stop") else 0)
    try:
        await engine.order(pinned, verb, permit, patience_s)
    except GoneError as error:
        return Result(Came.NOT_DONE, f"{what} is gone: {error}")
    except NotSentError as error:
        return Result(Came.NOT_DONE, str(error))
    except UnheardError as error:
        return Result(
            Came.UNKNOWN,
            f"{verb} was sent to {what}, and no answer came: {error}",
            (await _seen(engine, pinned), _LOOK_FIRST),
        )
    return await _shown(engine, verb, pinned, what, wait_s, progress)


async def _seen(engine: Line, pinned: tuple[str, str]) -> str:
    """What a look after a missing answer shows."""
    try:
        now = await engine.look(pinned[0])
    except EXPECTED as error:
        return f"A second look failed: {engine.words(error)}"
    anew = "; it has started anew since" if now.identity_parts != pinned else ""
    return f"A second look shows it {now.status}{anew}."


async def _shown(
    engine: Line, verb: str, pinned: tuple[str, str], what: str, wait_s: float, progress: Progress
) -> Result:
    """Look until what was ordered is so. The engine has said that it is."""
    began = steady()
    limit_s = max(wait_s, SHOWS_WITHIN_S) if verb in ("restart", "start") else SHOWS_WITHIN_S
    seen: Now | None = None
    ran: tuple[str | None, float] | None = None
    failed = ""
    while True:
        try:
            seen, failed = await engine.look(pinned[0]), ""
        except EXPECTED as error:
            if isinstance(error, APIError) and error.status_code == _NOT_FOUND:
                return _removed(verb, what)
            failed = engine.words(error)
        else:
            result, awaited = _judged(verb, pinned, what, seen)
            if result is not None and verb in ("restart", "start") and result.came is Came.DONE:
                if ran is not None and ran[0] != seen.started_at:
                    return _over_and_over(verb, seen)
                ran = ran or (seen.started_at, steady())
                if seen.health is None and steady() - ran[1] < STEADY_S:
                    result, awaited = None, f"{seen.name} runs; waiting whether it stays"
            if result is not None:
                return result
            progress(f"{awaited}, for {duration(steady() - began)}")
        until = began + limit_s
        if ran is not None:
            until = max(until, ran[1] + STEADY_S + SHOWS_WITHIN_S)
        if steady() >= until:
            break
        await asyncio.sleep(LOOK_EVERY_S)
    if failed or seen is None:
        return Result(Came.UNKNOWN, f"{verb} was answered, and {what} could not be looked at since: {failed}")
    return _overdue(verb, what, seen, limit_s)


def _judged(verb: str, pinned: tuple[str, str], what: str, now: Now) -> tuple[Result | None, str]:
    """What a look means; None: not yet, with what is waited for."""
    anew = now.identity_parts != pinned
    if verb in ("restart", "start"):
        if now.status == "running" and anew:
            if now.health in (None, "healthy"):
                well = " and healthy" if now.health else ""
                return Result(Came.DONE, f"{now.name} was {_PAST[verb]} and is running{well}"), ""
            return None, f"{now.name} runs; its health check has not passed yet ({now.health})"
        if now.status in ("exited", "dead") and anew:
            tells = (now.error,) if now.error else ()
            return Result(
                Came.NOT_DONE,
                f"{now.name} was {_PAST[verb]} and ended again, exit code {now.exit_code}",
                tells,
            ), ""
        return None, f"waiting until {now.name} runs ({now.status})"
    if verb in ("stop", "kill"):
        if not now.runs:
            return Result(
                Came.DONE, f"{now.name} is {_PAST[verb]}: {now.status}, exit code {now.exit_code}"
            ), ""
        if anew:
            return Result(
                Came.NOT_DONE,
                f"{now.name} ended and was started again",
                (f"Its restart policy is {now.restart_policy}.",),
            ), ""
        return None, f"waiting until {now.name} has ended ({now.status})"
    if now.status == ("paused" if verb == "pause" else "running"):
        return Result(Came.DONE, f"{now.name} is {_PAST[verb]}"), ""
    return None, f"waiting until {now.name} is {_PAST[verb]} ({now.status})"


def _over_and_over(verb: str, now: Now) -> Result:
    return Result(
        Came.NOT_DONE,
        f"{now.name} was {_PAST[verb]}, ended again, and was started once more",
        (f"Its restart policy is {now.restart_policy}.",),
    )


def _removed(verb: str, what: str) -> Result:
    if verb in ("stop", "kill"):
        return Result(Came.DONE, f"{what} has ended, and was removed")
    return Result(Came.NOT_DONE, f"{what} was removed before it ran again")


def _overdue(verb: str, what: str, now: Now, limit_s: float) -> Result:
    state = f"{now.status}, {now.health}" if now.health else now.status
    tells = (f"Its health check said: {now.health_output}",) if now.health_output else ()
    if verb in ("restart", "start") and (now.status == "restarting" or now.health == "unhealthy"):
        return Result(
            Came.NOT_DONE, f"{now.name} was {_PAST[verb]}, and after {duration(limit_s)} it is {state}", tells
        )
    return Result(
        Came.UNKNOWN, f"the engine has answered, and after {duration(limit_s)} {what} is still {state}", tells
    )
