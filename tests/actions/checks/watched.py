"""Targets by name, and a picture of what is known of them."""

from __future__ import annotations

from collections.abc import Sequence

from triage_tui.actions.act import Refused
from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.actions.checks.runner import ask_all
from triage_tui.actions.checks.site import Site
from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.model import Picture, Sighting
from triage_tui.sources.clock import steady, utc_now


class Watched:
    """What checks may use of the rest."""

    def __init__(self, *specs: TargetSpec, sightings: Sequence[Sighting] = ()) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self._sightings = tuple(sightings)
        self.settings = Settings(environment="test", read_only=True, targets=specs)

    def spec(self, target: str) -> TargetSpec:
        if target not in self._specs:
            raise Refused("unavailable", f"no target {target}", "name another")
        return self._specs[target]

    def picture(self) -> Picture:
        return Picture(steady(), utc_now(), "test", True, self._sightings)


async def asked(watched: Watched, id: str, target: str = "", argument: str = "", **options: str) -> Answer:
    """The answer to one question."""
    (answer,) = await ask_all([Question(id, target, argument, options)], Site(watched))
    return answer
