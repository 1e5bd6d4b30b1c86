"""Planning and running actions on real servers, as the guard would."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from triage_tui.actions.act import Action, Danger, Identity, Order, Preview, Refused, Result
from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.model import Picture


class Allowed:
    """A permit that counts how often it was asked, and does something when it is."""

    def __init__(self, then: Callable[[int], None] = lambda _: None) -> None:
        self.asked = 0
        self._then = then

    def check(self) -> None:
        self.asked += 1
        self._then(self.asked)


class Forbidden:
    """A permit that is gone."""

    def check(self) -> None:
        raise Refused("read-only", "nothing may be changed")


class Targets:
    """What an action may use of the rest: the targets by name."""

    def __init__(self, *specs: TargetSpec) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self.settings = Settings(environment="test", read_only=False, targets=specs)

    def spec(self, target: str) -> TargetSpec:
        if target not in self._specs:
            raise Refused("unavailable", f"no target {target}")
        return self._specs[target]

    def picture(self) -> Picture:
        raise AssertionError("not asked for here")


class Acting:
    """Actions of one room through one set of targets."""

    def __init__(self, actions: tuple[Action, ...], *specs: TargetSpec) -> None:
        self._actions = {action.id: action for action in actions}
        self._target = specs[0].name
        self.reach = Targets(*specs)
        self.told: list[str] = []

    async def plan(
        self,
        action: str,
        argument: object = "",
        parameters: Mapping[str, str] = {},
        pinned: Identity | None = None,
    ) -> Preview:
        order = Order(action, self._target, str(argument), parameters, pinned)
        preview = await self._actions[action].plan(order, self.reach)
        assert (preview.undo is None) == (preview.danger is Danger.FINAL), "the screen and the guard disagree"
        return preview

    async def run(self, preview: Preview, permit: Allowed | Forbidden | None = None) -> Result:
        action = self._actions[preview.order.action]
        return await action.run(preview, self.reach, permit or Allowed(), self.told.append)

    async def act(self, action: str, argument: object = "", parameters: Mapping[str, str] = {}) -> Result:
        return await self.run(await self.plan(action, argument, parameters))


async def refused(work: object) -> Refused:
    """The refusal that something must come to."""
    try:
        await work  # type: ignore[misc]
    except Refused as error:
        return error
    raise AssertionError("it was not refused")
