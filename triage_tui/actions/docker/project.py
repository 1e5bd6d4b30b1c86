"""`compose.restart`: a project's containers, each after those that it depends on, and when those are well."""

from __future__ import annotations

import graphlib

import msgspec
from msgspec import Struct

from triage_tui.actions import guard
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
from triage_tui.actions.docker.acting import NotSentError, line
from triage_tui.actions.docker.doing import ordered
from triage_tui.actions.docker.identity import project_identity
from triage_tui.actions.docker.preview import sent, waited
from triage_tui.actions.docker.reading import Member, members
from triage_tui.sources.clock import steady
from triage_tui.sources.docker.failures import EXPECTED
from triage_tui.sources.docker.labels import PROJECT_LABELS
from triage_tui.sources.docker.rows import Row, rows_of
from triage_tui.text import safe
from triage_tui.text.nearest import nearest

MOST = 100
"""Containers that one order restarts."""


class _Step(Struct, frozen=True):
    id: str
    started_at: str
    shown: str
    grace_s: int


async def preview(order: Order, reach: Reach) -> Preview:
    """What restarting the project that the order names would do. Raises Refused."""
    waited(order)
    try:
        async with line(reach, order.target) as engine:
            try:
                rows = rows_of(await engine.rows())[0]
                project = order.argument
                them = in_order(_of(rows, project))
                if not them:
                    near = nearest(project, sorted({row.label(*PROJECT_LABELS) or "" for row in rows} - {""}))
                    hint = f"Did you mean {near}?" if near else "Look again."
                    raise Refused("gone", f"there is no compose project {safe(project, limit=80)}", hint)
                if len(them) > MOST:
                    raise Refused(
                        "unavailable",
                        f"{safe(project)} has {len(them)} containers",
                        "Restart them one by one.",
                    )
                seen = [await engine.look(one.id) for one in them]
            except EXPECTED as error:
                raise Refused("unavailable", engine.words(error), "Nothing was sent.") from error
    except NotSentError as error:
        raise Refused("unavailable", str(error), "Look at the engine first.") from None
    identity = project_identity(project, ((one.id, one.name) for one in them))
    guard.same(order.pinned, identity)
    steps = [_Step(one.id, one.started_at or "", one.identity.shown, one.stop_timeout_s) for one in seen]
    return Preview(
        order=order,
        identity=identity,
        endpoint=engine.endpoint,
        title=f"restart project {safe(project)}: {len(seen)} container{'s' if len(seen) > 1 else ''}, one by one",
        danger=Danger.DISRUPTIVE,
        facts=(
            ("order", " → ".join(one.name for one in seen)),
            ("each waits", f"up to {waited(order):g} s until the one before runs and is healthy"),
            ("where one fails", "the rest is left as it is"),
        ),
        affects=tuple(
            f"{one.name}: {one.status}{f', {one.health}' if one.health else ''};"
            f" publishes {', '.join(one.ports) or 'nothing'}"
            for one in seen
        ),
        sends=tuple(sent(engine, one.id, "restart") for one in seen),
        undo="they run again by themselves; what they had only in memory is lost",
        taken_at=steady(),
        held={"steps": msgspec.json.encode(steps).decode()},
    )


async def restart(preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
    """Restart one after the other; stop at the first that is not well. Raises Refused where nothing was sent.

    One that has come into the project since the preview would be left out, and one that has left it be restarted
    without it: where they are not the same any more nothing is done.
    """
    steps = msgspec.json.decode(preview.held["steps"], type=list[_Step])
    project, done = preview.order.argument, list[str]()
    try:
        async with line(reach, preview.order.target) as engine:
            try:
                them = _of(rows_of(await engine.rows())[0], project)
            except EXPECTED as error:
                raise NotSentError(f"nothing was sent: {engine.words(error)}") from error
            guard.same(preview.identity, project_identity(project, ((one.id, one.name) for one in them)))
            for number, step in enumerate(steps, 1):

                def tell(said: str, number: int = number) -> None:
                    progress(f"{number} of {len(steps)}: {said}")

                try:
                    result = await ordered(
                        engine,
                        "restart",
                        (step.id, step.started_at),
                        step.shown,
                        step.grace_s,
                        waited(preview.order),
                        permit,
                        tell,
                    )
                except Refused as refused:
                    if not done:
                        raise
                    result = Result(Came.NOT_DONE, refused.message, (refused.next_step,))
                if result.came is not Came.DONE:
                    return _stopped(result, done, len(steps))
                done.append(result.message)
    except NotSentError as error:
        return _stopped(Result(Came.NOT_DONE, str(error)), done, len(steps))
    return Result(
        Came.DONE, f"{len(done)} of {len(steps)} containers were restarted and are well", tuple(done)
    )


def _of(rows: list[Row], project: str) -> list[Member]:
    return [one for one in members(rows, project) if not one.one_off]


def in_order(them: list[Member]) -> list[Member]:
    """Each after what it depends on; by name where that leaves a choice, and where they run in a circle."""
    by_service: dict[str, list[Member]] = {}
    for one in them:
        by_service.setdefault(one.service, []).append(one)
    needs = {
        service: sorted({need for one in ones for need in one.needs if need in by_service})
        for service, ones in sorted(by_service.items())
    }
    try:
        services = list(graphlib.TopologicalSorter(needs).static_order())
    except graphlib.CycleError:
        services = sorted(by_service)
    return [one for service in services for one in by_service[service]]


def _stopped(result: Result, done: list[str], all_: int) -> Result:
    return Result(
        result.came,
        f"stopped after {len(done)} of {all_} containers: {result.message}",
        (*result.tells, *done),
    )
