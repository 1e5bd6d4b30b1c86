"""The actions as the registry knows them. What they do loads the engine's client, and is loaded when it is done."""

from __future__ import annotations

from triage_tui.actions.act import Danger, Order, Parameter, Permit, Preview, Progress, Reach, Result
from triage_tui.model import Kind

WAIT_S = 60.0
"""How long it is waited until a container runs and is healthy, where the order does not say."""

MOST_WAIT_S = 600.0

VERBS = ("restart", "start", "stop", "kill", "pause", "unpause")

_WAIT = Parameter("wait", "seconds to wait until it runs and its health check passes", f"{WAIT_S:g}")

_DANGERS = {"start": Danger.MILD, "unpause": Danger.MILD, "kill": Danger.FINAL}


class OneContainer:
    """`docker.VERB` on one container."""

    kind = Kind.DOCKER

    def __init__(self, verb: str) -> None:
        self.verb = verb
        self.id = f"docker.{verb}"
        self.danger = _DANGERS.get(verb, Danger.DISRUPTIVE)
        self.takes: tuple[Parameter, ...] = (_WAIT,) if verb in ("restart", "start") else ()

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.docker.preview import preview

        return await preview(self.verb, self.danger, order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.docker.doing import do

        return await do(self.verb, preview, reach, permit, progress)


class RestartProject:
    """`compose.restart`: what a project runs, each after what it depends on."""

    id = "compose.restart"
    kind = Kind.DOCKER
    danger = Danger.DISRUPTIVE
    takes = (_WAIT,)

    async def plan(self, order: Order, reach: Reach) -> Preview:
        """See Action."""
        from triage_tui.actions.docker.project import preview

        return await preview(order, reach)

    async def run(self, preview: Preview, reach: Reach, permit: Permit, progress: Progress) -> Result:
        """See Action."""
        from triage_tui.actions.docker.project import restart

        return await restart(preview, reach, permit, progress)
