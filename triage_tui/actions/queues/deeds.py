"""The actions as the registry knows them. What they do loads the driver, and is loaded when it is done."""

from __future__ import annotations

from typing import Literal

from triage_tui.actions.act import Danger, Order, Parameter, Permit, Preview, Progress, Reach, Result
from triage_tui.model import Kind


class Purge:
    """`queue.purge` moves what waits to other keys, where it stays for a while."""

    id = "queue.purge"
    kind = Kind.REDIS
    danger = Danger.DISRUPTIVE
    takes = (
        Parameter("keep", "how long the jobs can be put back: 1h, 24h, 7d", "24h"),
        Parameter(
            "purge", "what this purge is called, as a preview shows it; made up where it is left out", ""
        ),
    )

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.queues.purge import preview

        return await preview(order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.queues.purge import purge

        return await purge(preview, reach, permit)


class Restore:
    """`queue.restore` undoes a purge."""

    id = "queue.restore"
    kind = Kind.REDIS
    danger = Danger.MILD
    takes = (Parameter("purge", "which purge, as its result named it"),)

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.queues.restore import preview

        return await preview(order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.queues.restore import restore

        return await restore(preview, reach, permit, progress)


class RequeueDead:
    """`queue.requeue-dead` puts jobs that gave up back into their queue, the oldest first."""

    id = "queue.requeue-dead"
    kind = Kind.REDIS
    danger = Danger.FINAL
    takes = (Parameter("limit", "how many at most", "1000"),)

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.queues.requeue import preview

        return await preview(order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.queues.requeue import requeue

        return await requeue(preview, reach, permit, progress)


class Pausing:
    """`queue.pause` and `queue.resume`, where the system has them."""

    kind = Kind.REDIS
    takes: tuple[Parameter, ...] = ()

    def __init__(self, verb: Literal["pause", "resume"]) -> None:
        self.verb = verb
        self.id = f"queue.{verb}"
        self.danger = Danger.DISRUPTIVE if verb == "pause" else Danger.MILD

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.queues.pausing import preview

        return await preview(self.verb, self.danger, order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.queues.pausing import switch

        return await switch(self.verb, preview, reach, permit)
