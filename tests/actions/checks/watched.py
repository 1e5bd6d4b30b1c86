"""Targets by name, and a picture of what is known of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from triage_tui.actions.act import Refused
from triage_tui.actions.checks.answer import Answer, Question
from triage_tui.actions.checks.runner import ask_all
from triage_tui.actions.checks.site import Site
from triage_tui.config.settings import Settings, TargetSpec
from triage_tui.model import Picture, Sighting
from triage_tui.sources.clock import steady, utc_now

TRIES = 5
PATIENCE_S = 30.0


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
    """The answer to one question, of a server that is there to answer: see asked_all."""
    (answer,) = await asked_all(watched, Question(id, target, argument, options))
    return answer


async def asked_all(watched: Watched, *questions: Question) -> tuple[Answer, ...]:
    """Answers in one go. Asked again where a machine that was held up for seconds had no time to answer."""
    for _ in range(TRIES - 1):
        answers = await ask_all(questions, Site(watched))
        if not any(_ran_out_of_time(one) for one in answers):
            return answers
    return await ask_all(questions, Site(watched))


async def asked_once(watched: Watched, id: str, target: str = "", argument: str = "") -> Answer:
    """The answer to one question, of a server that keeps silent."""
    (answer,) = await ask_all([Question(id, target, argument)], Site(watched))
    return answer


async def asked_until(
    outcome: str, watched: Watched, id: str, target: str, argument: str = "", **options: str
) -> Answer:
    """The first answer that comes out as it should, or the last one: an engine tells some things a look later."""
    end = time.monotonic() + PATIENCE_S
    while True:
        answer = await asked(watched, id, target, argument, **options)
        if answer.outcome == outcome or time.monotonic() > end:
            return answer


def _ran_out_of_time(answer: Answer) -> bool:
    words = " ".join((answer.message, *answer.lines))
    return any(sign in words for sign in ("no answer", "timeout", "not answered", "could not be inspected"))
