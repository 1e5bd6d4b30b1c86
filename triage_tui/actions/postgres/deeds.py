"""The actions as the registry knows them. What they do loads the driver, and is loaded when it is done."""

from __future__ import annotations

from typing import Literal

from triage_tui.actions.act import Danger, Order, Parameter, Permit, Preview, Progress, Reach, Result
from triage_tui.model import Kind

STATEMENT = Parameter(
    "statement", "when the statement began, as a preview shows it: no other is cancelled", ""
)


class EndSession:
    """`postgres.cancel` ends a session's statement, `postgres.terminate` the session."""

    kind = Kind.POSTGRES

    def __init__(self, verb: Literal["cancel", "terminate"]) -> None:
        self.verb = verb
        self.danger = Danger.DISRUPTIVE if verb == "cancel" else Danger.FINAL
        self.takes: tuple[Parameter, ...] = (STATEMENT,) if verb == "cancel" else ()
        self.id = f"postgres.{verb}"

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.postgres.preview import preview

        return await preview(self.verb, order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.postgres.ending import end

        return await end(self.verb, preview, reach, permit, progress)


class TerminateIdle:
    """`postgres.terminate-idle` ends the sessions that were previewed and that still are idle in a transaction."""

    id = "postgres.terminate-idle"
    kind = Kind.POSTGRES
    danger = Danger.FINAL
    takes = (
        Parameter("older-than", "idle for at least this long: 90s, 5m, 1h", "5m"),
        Parameter("user", "only sessions of this user", ""),
        Parameter("application", "only sessions of this application_name", ""),
        Parameter("database", "only sessions in this database", ""),
    )

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.postgres.idle import preview

        return await preview(order, reach, {one.name: one.default or "" for one in self.takes})

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.postgres.idle import end

        return await end(preview, reach, permit, progress)
