"""The one way to do something: plan, guard, write the intent, do it once, write what came of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from triage_tui.actions import guard
from triage_tui.actions.act import Action, Came, Order, Preview, Progress, Reach, Refused, Result
from triage_tui.actions.audit import AuditError, AuditLog
from triage_tui.actions.audit.content import intent_of, result_of
from triage_tui.actions.commands import command_actions
from triage_tui.actions.registry import find
from triage_tui.actions.switch import Permits, RunPermit, Switch
from triage_tui.config.settings import Settings, interval_of
from triage_tui.sources.clock import CLOCK, Clock
from triage_tui.sources.worker import Worker
from triage_tui.text import safe

T = TypeVar("T")

PLAN_S = 8.0
"""Bound on a preview. An action reads within two seconds; a far server takes as long again to connect to."""

WRITE_S = 5.0
"""Bound on writing a record. A disk that takes longer is sick, and nothing is done that could not be written down."""

Actions = Callable[[str, Settings], Action]


def registered(id: str, settings: Settings) -> Action:
    """The action of an id, the team's own commands included. Raises Refused."""
    for command in command_actions(settings):
        if command.id == id:
            return command
    return find(id)


class Performer:
    """Takes orders. One for a program; plan and run are for any event loop.

    find   which action an id stands for
    clock  where instants come from
    """

    def __init__(
        self,
        reach: Reach,
        switch: Switch,
        log: AuditLog,
        *,
        find: Actions = registered,
        clock: Clock = CLOCK,
    ) -> None:
        self._reach = reach
        self._switch = switch
        self._log = log
        self._find = find
        self._clock = clock
        self._permits = Permits(switch)

    async def plan(self, order: Order) -> Preview:
        """What an order would do. Reads, and changes nothing, so that it is answered where all is read-only, too.
        Raises Refused."""
        action = self._action(order)
        if order.seen_at is not None:
            guard.fresh(order, self._clock.steady(), interval_of(self._reach.spec(order.target)))
        try:
            async with asyncio.timeout(PLAN_S):
                preview = await action.plan(order, self._reach)
        except TimeoutError:
            raise Refused(
                "unavailable",
                f"{safe(order.target)} has not told within {PLAN_S:g} s what would be done",
                "Nothing was sent. Look at why it is slow.",
            ) from None
        guard.same(order.pinned, preview.identity)
        return preview

    def confirmation(self, preview: Preview) -> guard.Confirmation | None:
        """What has to be typed before this is run; None: nothing."""
        return guard.confirmation(preview, self._reach.settings.environment)

    async def run(
        self, preview: Preview, typed: str | None = None, progress: Progress = lambda _: None
    ) -> Result:
        """Do it once. typed: what was typed to confirm it. Never raises Refused: a refusal is a Result."""
        return (await self.run_known(preview, typed, progress))[1]

    async def run_known(
        self, preview: Preview, typed: str | None = None, progress: Progress = lambda _: None
    ) -> tuple[str, Result]:
        """Likewise, with the name of the run in the audit, "" where nothing was written: for the verdict on it."""
        try:
            guard.confirmed(preview, self._reach.settings.environment, typed)
            action = self._action(preview.order)
            permit = self._permits.issue(preview)
        except Refused as refused:
            return "", refusal(refused)
        run = uuid.uuid4().hex
        try:
            fresh = await self._again(action, preview)
            await self._write(intent_of(fresh, run, self._reach.settings.environment))
            # The switch may have been turned on while the disk was waited for.
            permit.check()
        except Refused as refused:
            self._permits.over(preview, permit)
            return "", refusal(refused)
        except BaseException:
            self._permits.over(preview, permit)
            raise
        return run, await self._done(action, fresh, preview, run, permit, progress)

    async def note(self, content: dict[str, Any]) -> None:
        """Write a record, such as a verdict. Raises Refused."""
        await self._write(content)

    async def _done(
        self,
        action: Action,
        fresh: Preview,
        preview: Preview,
        run: str,
        permit: RunPermit,
        progress: Progress,
    ) -> Result:
        began = self._clock.steady()
        try:
            try:
                result = await action.run(fresh, self._reach, permit, progress)
            except Refused as refused:
                result = refusal(refused)
            except TimeoutError:
                result = Result(Came.UNKNOWN, "no answer came in time", ("Look before you try again.",))
            except asyncio.CancelledError:
                permit.end()
                result = Result(
                    Came.UNKNOWN, "it was left while it was under way; what was sent is not taken back"
                )
                await self._end(run, result, began)
                raise
            except Exception as error:
                # A mistake of ours, after something may have been sent: that is no reason to say nothing.
                words = safe(f"{type(error).__name__}: {error}", limit=300)
                result = Result(Came.UNKNOWN, f"it broke off: {words}", ("Look before you try again.",))
        finally:
            self._permits.over(preview, permit)
        return await self._end(run, result, began)

    async def _end(self, run: str, result: Result, began: float) -> Result:
        """Write what came of it. Where that fails the next start finds an intent without a result."""
        took_s = self._clock.steady() - began
        try:
            await asyncio.shield(self._write(result_of(run, result, took_s)))
        except Refused as refused:
            return replace(result, tells=(*result.tells, f"It could not be written down: {refused.message}"))
        return result

    async def _again(self, action: Action, preview: Preview) -> Preview:
        """The preview, read again where it is old. Raises Refused where it is about another thing by now."""
        if not guard.is_old(preview, self._clock.steady()):
            return preview
        order = preview.order
        pinned = Order(
            order.action,
            order.target,
            order.argument,
            order.parameters,
            preview.identity,
            None,
            order.finding,
        )
        again = await self.plan(pinned)
        if again.danger is not preview.danger:
            raise Refused("changed", "what is at stake has changed since it was shown", "Look again.")
        return again

    def _action(self, order: Order) -> Action:
        """Raises Refused."""
        action = self._find(order.action, self._reach.settings)
        known = {one.name: one for one in action.takes}
        for name in order.parameters:
            if name not in known:
                takes = ", ".join(known) or "none"
                raise Refused(
                    "argument", f"{action.id} has no parameter {safe(name, limit=80)}", f"It takes: {takes}."
                )
        for one in action.takes:
            if one.default is None and one.name not in order.parameters:
                raise Refused("argument", f"{action.id} needs {one.name}: {one.about}", "Nothing was sent.")
        return action

    async def _write(self, content: dict[str, Any]) -> None:
        worker = Worker("audit")
        try:
            async with asyncio.timeout(WRITE_S):
                await worker.run(lambda: self._log.append(content))
        except (AuditError, TimeoutError) as error:
            words = str(error) or f"{self._log.path} could not be written within {WRITE_S:g} s"
            raise Refused(
                "audit",
                f"nothing is done that cannot be written down: {safe(words)}",
                "Make room, or give the folder back to yourself; `triage audit verify` looks at it.",
            ) from error
        finally:
            worker.close()


def refusal(refused: Refused) -> Result:
    """A refusal as a result."""
    return Result(
        Came.REFUSED, refused.message, (refused.next_step,) if refused.next_step else (), refused.kind
    )
