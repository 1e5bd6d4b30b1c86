"""What actions may use of the engine."""

from __future__ import annotations

from triage_tui.actions.act import Refused
from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.engine import Engine
from triage_tui.model import Picture
from triage_tui.text import safe
from triage_tui.text.nearest import nearest


class EngineReach:
    """See Reach."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def settings(self) -> Settings:
        """What is watched, and how."""
        return self._engine.settings

    def spec(self, target: str) -> TargetSpec:
        """The target by name, discovered ones included. Raises Refused that names the nearest one."""
        specs = {one.name: one for one in (*self.settings.targets, *self._engine.discovered())}
        if target in specs:
            return specs[target]
        near = nearest(target, specs)
        hint = (
            f"Did you mean {safe(near)}?" if near else f"There are: {', '.join(map(safe, specs)) or 'none'}."
        )
        raise Refused("target", f"there is no target {safe(target, limit=80)}", hint)

    def picture(self) -> Picture:
        """The latest picture."""
        return self._engine.picture()
