"""What checks may use of the rest, out of what the screens show."""

from __future__ import annotations

from triage_tui.actions.act import Refused
from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.model import Picture
from triage_tui.text import safe
from triage_tui.ui.collects import Collects


class ShownReach:
    """A Reach through an engine, or through something that stands still in its place. For any thread."""

    def __init__(self, engine: Collects, settings: Settings) -> None:
        self._engine = engine
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """What is watched, and how."""
        return self._settings

    def spec(self, target: str) -> TargetSpec:
        """The target by name, discovered ones included. Raises Refused."""
        for spec in (*self._settings.targets, *self._engine.discovered()):
            if spec.name == target:
                return spec
        raise Refused(
            "target",
            f"there is no target {safe(target, limit=80)}",
            "It is not watched any more: `r` looks anew.",
        )

    def picture(self) -> Picture:
        """The latest picture."""
        return self._engine.picture()
